// Server-sent events as the standard has them, however the bytes are cut.

import { describe, expect, test } from 'vitest';
import { EventStreamParser, type ServerEvent } from '../../src/client/event-stream.js';

function parse(pieces: readonly Uint8Array[], lastId?: string) {
  const events: ServerEvent[] = [];
  const parser = new EventStreamParser(event => events.push(event), lastId);
  for (const piece of pieces) parser.push(piece);
  return { events, lastId: parser.lastId };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const message = (data: string, type = 'message') => ({ type, data });

const CASES: readonly [name: string, text: string, want: ServerEvent[], lastId?: string][] = [
  ['one event', 'id: 7\nevent: health\ndata: {}\n\n', [message('{}', 'health')], '7'],
  ['two, the second without a name', 'event: a\ndata: 1\n\ndata: 2\n\n', [message('1', 'a'), message('2')]],
  ['data in lines', 'data: {\ndata: }\n\n', [message('{\n}')]],
  ['an empty line of data', 'data\ndata:\n\n', [message('\n')]],
  ['only one blank after the colon', 'data:  x\ndata:y\n\n', [message(' x\ny')]],
  ['comments and retry', ': still here\n\nretry: 1000\n\ndata: x\n\n', [message('x')]],
  ['an event that has not ended', 'data: x\n', []],
  ['a name without data', 'event: a\n\ndata: x\n\n', [message('x')]],
  ['an id that stays', 'id: 1\ndata: x\n\ndata: y\n\n', [message('x'), message('y')], '1'],
  ['an id of an event that has not ended', 'id: 1\ndata: x\n\nid: 2\ndata: y\n', [message('x')], '1'],
  ['an id that is taken back', 'id: 1\ndata: x\n\nid\ndata: y\n\n', [message('x'), message('y')], ''],
  ['an id with a NUL, which is none', 'id: 1\n\nid: 2\0\ndata: x\n\n', [message('x')], '1'],
  ['unknown fields', 'datum: y\ndata: x\nDATA: z\n\n', [message('x')]],
  ['carriage returns', 'data: x\r\rdata: y\r\n\r\ndata: z\n\r\n', [message('x'), message('y'), message('z')]],
  ['letters of more than one byte', 'data: Größe 🟢\n\n', [message('Größe 🟢')]],
  ['a byte order mark', '\uFEFFdata: x\n\n', [message('x')]],
];

describe.each([
  ['in one piece', (all: Uint8Array) => [all]],
  ['byte by byte', (all: Uint8Array) => [...all].map(byte => Uint8Array.of(byte))],
  ['in halves', (all: Uint8Array) => [all.subarray(0, all.length / 2), all.subarray(all.length / 2)]],
])('%s', (_, cut) => {
  test.each(CASES)('%s', (_, text, events, lastId = '') => {
    expect(parse(cut(bytes(text)))).toEqual({ events, lastId });
  });
});

test('goes on from the last event of a former stream', () => {
  expect(parse([bytes('retry: 1\n\n')], '7').lastId).toBe('7');
});
