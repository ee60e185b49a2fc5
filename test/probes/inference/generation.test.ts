import { describe, expect, test } from 'vitest';
import { EventReader } from '../../../src/probes/inference/events.js';
import { Generation } from '../../../src/probes/inference/generation.js';
import { LineSplitter } from '../../../src/probes/inference/lines.js';

type Piece = { text?: string; reasoning?: string; at: number };

describe('what an answer measures', () => {
  const cases: readonly [name: string, pieces: Piece[], figures: object, want: object][] = [
    [
      'a token a piece',
      [
        { text: 'a', at: 1200 },
        { text: 'b', at: 1300 },
        { text: 'c', at: 1400 },
      ],
      {},
      {
        firstToken: 200,
        firstText: undefined,
        tokens: 3,
        tokensPerSecond: 10,
        reasoningTokens: 0,
        duration: 500,
      },
    ],
    [
      'eight tokens a piece, counted by the server',
      [
        { text: 'a', at: 1200 },
        { text: 'b', at: 1400 },
      ],
      { tokens: 16, tokensPerSecond: 1 },
      { tokens: 16, tokensPerSecond: 40 },
    ],
    [
      'all at once',
      [
        { text: 'a', at: 1400 },
        { text: 'b', at: 1400 },
      ],
      { tokensPerSecond: 62.5 },
      { firstToken: 400, tokens: 2, tokensPerSecond: 62.5 },
    ],
    ['one token', [{ text: 'a', at: 1400 }], {}, { tokens: 1, tokensPerSecond: undefined }],
    [
      'thoughts first',
      [
        { reasoning: 'hm', at: 1100 },
        { reasoning: 'm', at: 1200 },
        { text: 'a', at: 1300 },
      ],
      {},
      { firstToken: 100, firstText: 300, tokens: 3, reasoningTokens: 2 },
    ],
    [
      'empty pieces are none',
      [{ text: '', at: 1100 }, { at: 1150 }, { text: 'a', at: 1300 }],
      {},
      { firstToken: 300, tokens: 1 },
    ],
    ['nothing', [], {}, { firstToken: undefined, tokens: 0, tokensPerSecond: undefined }],
  ];
  test.each(cases)('%s', (_, pieces, figures, want) => {
    const generation = new Generation(1000, []);
    for (const { at, ...piece } of pieces) generation.add(piece, at);
    generation.setFigures(figures);
    const measured = generation.measured(1500);
    expect(measured).toMatchObject(
      Object.fromEntries(
        Object.entries(want).map(([key, value]) => [
          key,
          typeof value === 'number' ? expect.closeTo(value, 6) : value,
        ]),
      ),
    );
  });
});

describe('lines', () => {
  const cases: readonly [name: string, pieces: string[], want: string[]][] = [
    ['LF', ['a\nb\n'], ['a', 'b']],
    ['CRLF', ['a\r\n\r\nb\r', '\n'], ['a', '', 'b']],
    ['in pieces', ['a', 'b', '\nc'], ['ab', 'c']],
    ['without an end', ['a'], ['a']],
    ['none', [], []],
  ];
  test.each(cases)('%s', (_, pieces, want) => {
    const found: string[] = [];
    const lines = new LineSplitter(line => found.push(line));
    for (const piece of pieces) lines.push(Buffer.from(piece));
    lines.end();
    expect(found).toEqual(want);
  });
});

describe('events', () => {
  const cases: readonly [lines: string[], want: unknown[]][] = [
    [
      ['data: {"a":1}', '', 'data: [DONE]', ''],
      [{ a: 1 }, 'done'],
    ],
    [['data:{"a":1}'], [{ a: 1 }]],
    [['data: {"a":', 'data: 1}', ''], [{ a: 1 }]],
    [['data: {"a":', ''], ['garbage {"a":']],
    [['data: {"a":'], ['garbage {"a":']],
    [[': comment', 'event: x', 'id: 1', 'retry: 5', 'data', ''], []],
    [['error: {"message":"m"}'], [{ error: { message: 'm' } }]],
    [['error: m'], [{ error: 'm' }]],
    [['database: 1'], []],
  ];
  test.each(cases)('%j', (lines, want) => {
    const found: unknown[] = [];
    const reader = new EventReader({
      onValue: value => found.push(value),
      onDone: () => found.push('done'),
      onGarbage: text => found.push(`garbage ${text}`),
    });
    for (const line of lines) reader.line(line);
    reader.end();
    expect(found).toEqual(want);
  });
});
