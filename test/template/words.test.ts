// Letters, numbers and addresses in templates, and what is no value. promtool judges; Alertmanager's own functions amtool.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { GoTemplates } from '../../src/alertmanager/templates/render.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { notification } from '../support/receivers.js';
import { expand, sameAsPromtool } from './promtool.js';

describe('letters', () => {
  sameAsPromtool([
    ['{{ title "ǆ ﬁ Ǆ ა ᾳ a–b a·b 1a _a a.b İ" }}', 'ǅ ﬁ ǅ ა ᾼ A–b A·b 1a _a A.B İ'],
    ['{{ title "a\\u00a0b a\\u0085b a\\ufeffb" }}', 'A\u00a0B A\u0085B A\ufeffb'],
    ['{{ toUpper "ı ß ﬁ ᾳ ᾗ ŉ ΐ ა ǆ" }}', 'I ß ﬁ ᾼ ᾟ ŉ ΐ Ა Ǆ'],
    ['{{ toLower "İ ΑΣ ẞ Ა ǅ" }}', 'i ασ ß ა ǆ'],
    ['{{ "\\xc3\\xbc" }} {{ len "\\xc3\\xbc" }} {{ "\\303\\274" }} {{ "\\\\xc3" }}', 'ü 2 ü \\xc3'],
  ]);
});

describe('texts that are numbers', () => {
  sameAsPromtool([
    ['{{ humanize "0x1p4" }} {{ humanize "-0x1.8p1" }} {{ humanize "0x.8P0" }}', '16 -3 500m'],
    ['{{ humanize "1_000" }} {{ humanize "0x1_0p0" }}', '1k 16'],
  ]);
  test.each([
    ['1e400', 'value out of range'],
    ['0x10', 'invalid syntax'],
    ['1__0', 'invalid syntax'],
    ['_1', 'invalid syntax'],
  ])('%s: %s', (text, why) => {
    expect(expand(`{{ humanize "${text}" }}`)).toContain(`: strconv.ParseFloat: parsing "${text}": ${why}>`);
  });
});

describe('addresses', () => {
  sameAsPromtool([
    [
      '{{ stripDomain "a.b:" }} {{ stripDomain "a.b.c:80" }} {{ stripDomain ":80" }} {{ stripDomain "a.b" }}',
      'a a:80 :80 a',
    ],
  ]);
});

describe('a template that is given nothing', () => {
  sameAsPromtool([
    ['{{ define "q" }}[{{ . }}]{{ end }}{{ template "q" "a" }}{{ template "q" }}', '[a][<no value>]'],
    ['{{ define "q" }}{{ .x }}{{ end }}{{ template "q" }}', '<no value>'],
    [
      '{{ define "q" }}{{ if . }}y{{ else }}n{{ end }}{{ printf "%v" . }}{{ end }}{{ template "q" }}',
      'n<nil>',
    ],
  ]);
});

describe("Alertmanager's functions", () => {
  const folder = makeFolder('words');
  afterAll(() => removeFolder(folder));
  const templates = new GoTemplates();

  test.each([
    '{{ title "ǆ ﬁ ß ﬃx ıi İI ά ΣΑΣ ა ᾳ foo-bar o\'neil 1ST" }}',
    '{{ toUpper "ı ß ﬁ ᾳ" }} {{ toLower "İ ΑΣ" }}',
  ])('%s', template => {
    writeFileSync(join(folder, 'empty.tmpl'), '');
    const glob = join(folder, '*.tmpl');
    const theirs = execFileSync('amtool', [
      'template',
      'render',
      `--template.glob=${glob}`,
      `--template.text=${template}`,
    ]);
    expect(templates.text(template, notification())).toBe(theirs.toString());
  });

  test('trimSpace takes what Go calls white space', () => {
    const template = '{{ trimSpace "\\u0085\\u00a0\\u3000a \\u200b\\ufeff\\u2028" | printf "%+q" }}';
    expect(templates.text(template, notification())).toBe('"a \\u200b\\ufeff"');
  });
});
