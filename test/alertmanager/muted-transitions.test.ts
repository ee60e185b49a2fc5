// What a receiver is sent when alerts of a group fire, are muted, end and come back: by the embedded Alertmanager, by the
// embedded one that restarts after every step, and by a real Alertmanager. Each row is a group of its own; steps are at
// least one group_interval apart.
//
// The one intended difference: an alert that was reported as firing and ends while it is muted is reported as resolved. A
// real Alertmanager leaves the incident open.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeLanes, type Lane, openLanes, run, sentTo } from '../support/lanes.js';

interface Row {
  readonly name: string;
  /** `fire x`, `end x`, `silence x`, `unsilence x`, `inhibit x`, `uninhibit x`; those of one step happen at once. */
  readonly steps: readonly string[];
  /** All messages: `firing x, resolved y`. */
  readonly want: readonly string[];
  /** What a real Alertmanager sends where that is something else. */
  readonly theirs?: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'silenced, another ends, unsilenced while it fires',
    steps: ['fire x, fire y', 'silence x', 'end y', 'unsilence x'],
    want: ['firing x, firing y', 'resolved y', 'firing x'],
  },
  {
    name: 'inhibited, another ends, no longer inhibited while it fires',
    steps: ['fire x, fire y', 'inhibit x', 'end y', 'uninhibit x'],
    want: ['firing x, firing y', 'resolved y', 'firing x'],
  },
  {
    name: 'left out of a message of others, then unsilenced',
    steps: ['fire x, fire y', 'silence x', 'fire z', 'unsilence x'],
    want: ['firing x, firing y', 'firing y, firing z', 'firing x, firing y, firing z'],
  },
  {
    name: 'muted in two ways one after the other',
    steps: ['fire x, fire y', 'silence x', 'end y', 'inhibit x, unsilence x', 'uninhibit x'],
    want: ['firing x, firing y', 'resolved y', 'firing x'],
  },
  {
    name: 'no message meanwhile: nothing changed for the receiver',
    steps: ['fire x, fire y', 'silence x', 'unsilence x'],
    want: ['firing x, firing y'],
  },
  {
    name: 'the only one, silenced and unsilenced',
    steps: ['fire x', 'silence x', 'unsilence x', 'end x'],
    want: ['firing x', 'resolved x'],
  },
  {
    name: 'never sent before it was silenced, and over by then',
    steps: ['silence x', 'fire x', 'end x', 'unsilence x'],
    want: [],
  },
  {
    name: 'never sent before it was silenced, still there then',
    steps: ['silence x', 'fire x', 'unsilence x', 'end x'],
    want: ['firing x', 'resolved x'],
  },
  {
    name: 'ends while it is silenced',
    steps: ['fire x', 'silence x', 'end x', 'unsilence x'],
    want: ['firing x', 'resolved x'],
    theirs: ['firing x'],
  },
  {
    name: 'ends while it is silenced and was left out of a message',
    steps: ['fire x, fire y', 'silence x', 'end y', 'end x', 'unsilence x'],
    want: ['firing x, firing y', 'resolved y', 'resolved x'],
    theirs: ['firing x, firing y', 'resolved y'],
  },
  {
    name: 'ends while it is silenced and another still fires',
    steps: ['fire x, fire y', 'silence x', 'fire z', 'end x', 'unsilence x'],
    want: ['firing x, firing y', 'firing y, firing z', 'resolved x, firing y, firing z'],
    theirs: ['firing x, firing y', 'firing y, firing z'],
  },
  {
    name: 'all silenced, one ends, then unsilenced',
    steps: ['fire x, fire y', 'silence x, silence y', 'end y', 'unsilence x, unsilence y'],
    want: ['firing x, firing y', 'resolved y', 'firing x'],
    theirs: ['firing x, firing y'],
  },
  {
    name: 'comes back after it ended silenced',
    steps: ['fire x', 'silence x', 'end x', 'fire x', 'unsilence x', 'end x'],
    want: ['firing x', 'resolved x', 'firing x', 'resolved x'],
    // Theirs knows of no end: to the receiver it is the first incident.
    theirs: ['firing x', 'resolved x'],
  },
  {
    name: 'unsilenced, then ends',
    steps: ['fire x, fire y', 'silence x', 'end y', 'unsilence x', 'end x'],
    want: ['firing x, firing y', 'resolved y', 'firing x', 'resolved x'],
  },
  {
    name: 'an end is listed once',
    steps: ['fire x, fire y', 'end y', 'end y', 'fire z', 'end z'],
    want: ['firing x, firing y', 'firing x, resolved y', 'firing x, firing z', 'firing x, resolved z'],
  },
  {
    name: 'an end that is said again goes into no other message',
    steps: ['fire x, fire y', 'end y', 'end y, fire z'],
    want: ['firing x, firing y', 'firing x, resolved y', 'firing x, firing z'],
    theirs: ['firing x, firing y', 'firing x, resolved y', 'firing x, resolved y, firing z'],
  },
];

let lanes: readonly Lane[] = [];

beforeAll(async () => {
  lanes = await openLanes();
  const timelines = rows.map(({ steps }) => steps);
  await Promise.all(lanes.map(lane => run(lane, timelines)));
});

afterAll(() => closeLanes(lanes));

test.each(rows.map((row, i) => [row.name, row, i] as const))('%s', (_, { want, theirs = want }, i) => {
  const [real, embedded, restarting] = lanes.map(lane => sentTo(lane, String(i)));
  expect({ real, embedded, restarting }).toEqual({ real: theirs, embedded: want, restarting: want });
});
