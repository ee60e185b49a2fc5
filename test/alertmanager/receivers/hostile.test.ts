// Alerts with hostile values: a message has the same tags, the same JSON, the same headers.

import { describe, expect, test } from 'vitest';
import type { NotifiedAlert } from '../../../src/alertmanager/pipeline/notification.js';
import { webhookBody } from '../../../src/alertmanager/receivers/webhook.js';
import { GoTemplates } from '../../../src/alertmanager/templates/render.js';
import { HtmlEscaper } from '../../../src/template/html.js';
import { alert, notification } from '../../support/receivers.js';

const PIECES = [
  '<',
  '>',
  '"',
  "'",
  '&',
  '`',
  '=',
  '/',
  '\\',
  ' ',
  '\n',
  '\r',
  '\t',
  '\0',
  '\u2028',
  '\ud83d',
  '🚀',
  'ü',
  '{{',
  '}}',
  '-->',
  '<script>',
  '</script>',
  '<!--',
  ']]>',
  'javascript:',
  'JaVaScRiPt:',
  'data:text/html,',
  'onload=',
  '</title>',
  '&lt;',
  '%22',
  '%zz',
  'x',
  'style',
  'url(',
  '://',
  '?',
  '#',
];

/** Numbers that are the same every time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function hostile(next: () => number): string {
  return Array.from(
    { length: 1 + Math.floor(next() * 12) },
    () => PIECES[Math.floor(next() * PIECES.length)],
  ).join('');
}

function hostileAlert(next: () => number): NotifiedAlert {
  const annotations = { description: hostile(next), summary: hostile(next), runbook_url: hostile(next) };
  return alert({
    labels: { target: hostile(next), label: hostile(next) },
    annotations,
    generatorUrl: hostile(next),
  });
}

const tame = alert({
  labels: { label: 'x' },
  annotations: { description: 'a', summary: 'b', runbook_url: 'c' },
  generatorUrl: 'd',
});

/** Tags and the names of their attributes, in order. */
function skeleton(html: string): string[] {
  return [...html.matchAll(/<(!--|\/?[a-zA-Z][^\s/>]*)((?:[^"'>]|"[^"]*"|'[^']*')*)>?/g)].map(
    ([, name, attributes = '']) =>
      `${name} ${[...attributes.matchAll(/([^\s=/]+)=(?:"[^"]*"|'[^']*'|[^\s"'>]*)/g)].map(each => each[1])}`,
  );
}

const templates = new GoTemplates();

describe.each([1, 2, 3, 4])('seed %i', seed => {
  test('HTML has the same tags', () => {
    const next = random(seed);
    const own =
      '<p title="{{ .CommonAnnotations.summary }}" class=\'{{ .CommonLabels.label }}\' id={{ .CommonLabels.target }}>' +
      '<a href="{{ .CommonAnnotations.runbook_url }}">{{ .CommonAnnotations.description }}</a><title>{{ .CommonLabels.label }}</title>' +
      '<img src=\'{{ .CommonLabels.label }}\' alt="{{ .CommonLabels.label | toUpper }}"><script>x = "{{ .CommonLabels.label }}"</script></p>';
    for (let i = 0; i < 50; i++) {
      const hostile = notification([hostileAlert(next)]);
      for (const template of ['{{ template "email.default.html" . }}', own]) {
        const made = templates.html(template, hostile);
        expect(skeleton(made)).toEqual(skeleton(templates.html(template, notification([tame]))));
        expect(made).not.toMatch(/(href|src)=["']?\s*(javascript|data):/i);
      }
    }
  });

  test('a webhook is JSON with the values unchanged', () => {
    const next = random(seed + 100);
    const alerts = Array.from({ length: 50 }, () => hostileAlert(next));
    const body = JSON.parse(webhookBody(notification(alerts)));
    const said = (text: string) =>
      text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
    expect(body.alerts).toHaveLength(50);
    for (const [i, each] of alerts.entries()) {
      expect(body.alerts[i].labels.label).toBe(said(each.labels.get('label')));
      expect(body.alerts[i].annotations.description).toBe(said(each.annotations.description as string));
    }
    expect(webhookBody(notification(alerts)).slice(0, -1)).not.toMatch(/[\n<>&\u2028]/);
  });

  test('in random documents no value escapes its context', () => {
    const next = random(seed + 200);
    const literals = [
      '<p ',
      'title=',
      '"',
      "'",
      '>',
      '<a href="',
      '<a href=',
      ' ',
      '</a>',
      '<!--',
      '-->',
      '<title>',
      '</title>',
      'x',
      '/',
      '?',
      '=',
    ];
    for (let i = 0; i < 300; i++) {
      const escaper = new HtmlEscaper();
      for (let n = 0; n < 10; n++) {
        escaper.literal(literals[Math.floor(next() * literals.length)] as string);
        const written = escaper.value(hostile(next));
        // None of these ends any context.
        expect(written).not.toMatch(/[<>"']/);
      }
    }
  });
});
