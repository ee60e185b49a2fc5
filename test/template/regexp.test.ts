// Go's regular expressions in templates: which matches are replaced, and by what. promtool judges.

import { describe } from 'vitest';
import { sameAsPromtool } from './promtool.js';

const replaced = (pattern: string, template: string, text: string) =>
  `{{ reReplaceAll ${JSON.stringify(pattern)} ${JSON.stringify(template)} ${JSON.stringify(text)} }}`;

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are Go's templates
describe('an empty match that touches the one before is not replaced', () => {
  sameAsPromtool([
    [replaced('(.*)', '$1.example.org', 'web'), 'web.example.org'],
    [replaced('.*', 'x', ''), 'x'],
    [replaced('(:[0-9]+)?$', ':9100', 'db:5432'), 'db:9100'],
    [replaced('(:[0-9]+)?$', ':9100', 'db'), 'db:9100'],
    [replaced('(?m)^(.*)$', '> $1', 'a\nb\n'), '> a\n> b\n> '],
    [replaced('a*', '-', 'baaac'), '-b-c-'],
    [replaced('a|', '.', 'banana'), '.b.n.n.'],
    [replaced('', '-', 'a😀é'), '-a-😀-é-'],
    [replaced('x*', '-', '😀'), '-😀-'],
    [replaced('\\b', '|', 'ab cd'), '|ab| |cd|'],
    [replaced('\\B', '|', 'abc'), 'a|b|c'],
    [replaced('^', '>', 'ab'), '>ab'],
    [replaced('$', '<', 'ab'), 'ab<'],
    [replaced('^|$', '"', 'ab'), '"ab"'],
    [replaced('.*?', '-', 'ab'), '-a-b-'],
    [replaced('(?:ab)*', '[$0]', 'ababxab'), '[abab]x[ab]'],
    [replaced('\\s*', '', ' a b '), 'ab'],
    [replaced('/?$', '/', 'a/'), 'a/'],
  ]);
});

describe('what a template stands for', () => {
  sameAsPromtool([
    [replaced('(a)(b)?', '<$1|$2|$3>', 'ab a'), '<a|b|> <a||>'],
    [replaced('(?P<first>.)(?P<Zweite>.)', '${Zweite}$first', 'abcd'), 'badc'],
    [replaced('(.)', '$1x|${1}x|$01|$$1|$|${1|$-', 'a'), '|ax||$1|$|${1|$-'],
    [replaced('(.)', '$100000000000000000000', 'a'), ''],
    [replaced('(?s).', '.', 'a\nb'), '...'],
    [replaced('.', '.', 'a\nb'), '.\n.'],
    [replaced('(?i)K', 'x', 'kK\u212a'), 'xxx'],
    [replaced('(?P<constructor>a)', '$__proto__$constructor', 'a'), 'a'],
  ]);
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are Go's templates
