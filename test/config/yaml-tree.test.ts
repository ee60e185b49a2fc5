import { describe, expect, test } from 'vitest';
import { parseYamlTree, type YamlNode, YamlProblem } from '../../src/config/yaml-tree.js';

/** `LINE:COLUMN text` for scalars, quoted where they are not plain, in the brackets of their collection. */
function shown(node: YamlNode | undefined): string {
  if (!node) return 'nothing';
  const place = `${node.line}:${node.column}`;
  if (node.kind === 'scalar') return `${place} ${node.plain ? node.text : JSON.stringify(node.text)}`;
  if (node.kind === 'sequence') return `${place} [${node.items.map(shown).join(', ')}]`;
  return `${place} {${node.entries.map(({ key, value }) => `${shown(key)}: ${shown(value)}`).join(', ')}}`;
}

describe('where everything stands', () => {
  test.each<[name: string, text: string, want: string]>([
    ['an empty text', '', 'nothing'],
    ['nothing but a comment', '# a\n', 'nothing'],
    ['a scalar', '\n  a b # c', '2:3 a b'],
    ['numbers stay as they are written', '[0x1F, 1e3, ~, yes]', '1:1 [1:2 0x1F, 1:8 1e3, 1:13 ~, 1:16 yes]'],
    [
      'quotes belong to a scalar',
      `{a: "b\\n", 'c': 'it''s'}`,
      `1:1 {1:2 a: 1:5 "b\\n", 1:12 "c": 1:17 "it's"}`,
    ],
    [
      'so does the mark of a block',
      'a: |\n  b\n  c\nd: >-\n  e\n  f\n',
      '1:1 {1:1 a: 1:4 "b\\nc\\n", 4:1 d: 4:4 "e f"}',
    ],
    ['a mark may be followed by a comment', 'a:   |2+ # | >\n   b\n', '1:1 {1:1 a: 1:6 " b\\n"}'],
    ['a block may begin with empty lines', 'a: |\n\n\n  b\n', '1:1 {1:1 a: 1:4 "\\n\\nb\\n"}'],
    [
      'a value that is not there stands after its colon',
      'a:\nb: \n"c" :',
      '1:1 {1:1 a: 1:3 , 2:1 b: 2:3 , 3:1 "c": 3:6 }',
    ],
    [
      'collections within each other',
      '- a: 1\n  b:\n  - c\n- - d',
      '1:1 [1:3 {1:3 a: 1:6 1, 2:3 b: 3:3 [3:5 c]}, 4:3 [4:5 d]]',
    ],
    [
      'an alias is what it names, in its own place',
      'a: &x [1]\nb: *x',
      '1:1 {1:1 a: 1:4 [1:8 1], 2:1 b: 2:4 [1:8 1]}',
    ],
    ['an anchor may be defined again', '[&x 1, *x, &x 2, *x]', '1:1 [1:2 1, 1:8 1, 1:12 2, 1:18 2]'],
    ['a tag belongs to what it is before', 'a: !!str 1', '1:1 {1:1 a: 1:4 1}'],
    ['columns count characters', '[ä, 😀, b]', '1:1 [1:2 ä, 1:5 😀, 1:8 b]'],
    ['lines end in any way', 'a: 1\r\nb: 2\rc: 3', '1:1 {1:1 a: 1:4 1, 2:1 b: 2:4 2, 3:1 c: 3:4 3}'],
    ['a byte order mark does not count', '\uFEFFa: 1', '1:1 {1:1 a: 1:4 1}'],
    ['only the first document', '--- a\n--- b', '1:5 a'],
  ])('%s', (_, text, want) => {
    expect(shown(parseYamlTree(text))).toBe(want);
  });
});

describe('what is no YAML has a line', () => {
  test.each<[text: string, line: number, reason: string]>([
    ['a: 1\n\tb: 2', 2, 'tab characters must not be used in indentation'],
    ['a: [1,\nb: 2', 2, 'deficient indentation'],
    ['a: 1\nb: *x', 2, 'unknown anchor referenced; a text that begins with "*" must be in quotes'],
    ['a: 1\nb: &x [1, *x]', 2, 'an anchor whose value contains itself'],
  ])('%j', (text, line, reason) => {
    let thrown: unknown;
    try {
      parseYamlTree(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(YamlProblem);
    expect(thrown).toMatchObject({ line, message: reason });
  });

  const tenTimes = (name: string, of: string) =>
    `${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]\n`;
  const letters = [...'abcdefghij'];
  test.each<[what: string, text: string, line: number, reason: string]>([
    ['collections too deep within each other', '['.repeat(100_000), 1, 'nesting exceeded maxDepth (100)'],
    [
      'aliases that multiply each other',
      `a: &a x\n${letters
        .slice(1)
        .map((name, i) => tenTimes(name, letters[i] as string))
        .join('')}`,
      6,
      'document contains excessive aliasing',
    ],
    [
      'aliases that add to the depth of each other',
      `a: &a x\n${letters
        .slice(1)
        .map((name, i) => `${name}: &${name} ${'['.repeat(20)}*${letters[i]}${']'.repeat(20)}\n`)
        .join('')}`,
      6,
      'nesting exceeded maxDepth (100)',
    ],
  ])('%s are refused, not a crash', (_, text, line, reason) => {
    expect(() => parseYamlTree(text)).toThrow(new YamlProblem(line, reason));
  });
});

test('places on one line are counted in characters, in whatever order they are read', () => {
  const root = parseYamlTree('{é: &a 1, "ü": [𝄞, *a, b], c: {d: *a, e: }}\nf: 1'.split('\n')[0] as string);
  const places: [string, number][] = [];
  const walk = (node: YamlNode) => {
    if (node.kind === 'scalar') places.push([node.text, node.column]);
    else if (node.kind === 'sequence') node.items.forEach(walk);
    else for (const { key, value } of node.entries) [key, value].forEach(walk);
  };
  if (root) walk(root);
  expect(places).toEqual([
    ['é', 2],
    ['1', 5],
    ['ü', 11],
    ['𝄞', 17],
    ['1', 20],
    ['b', 24],
    ['c', 28],
    ['d', 32],
    ['1', 35],
    ['e', 39],
    ['', 41],
  ]);
});
