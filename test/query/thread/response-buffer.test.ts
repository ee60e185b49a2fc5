// The buffer of long answers, with a manual clock. A step is `put ID SIZES`, `next ID`, `drop ID`, `wait MS` or `tidy`; its
// result is the size of a chunk, `none`, or the refusal.

import { describe, expect, test } from 'vitest';
import { ResponseBuffer } from '../../../src/query/thread/response-buffer.js';

const FULL = 'unavailable: too many long answers are being fetched; ask again later';

function play(steps: readonly string[]): { seen: string[]; bytes: number } {
  let now = 0;
  const responses = new ResponseBuffer({ now: () => now, elapsed: () => now }, { bytes: 100, answers: 3 });
  const seen: string[] = [];
  for (const step of steps) {
    const [what, id = '', sizes = ''] = step.split(' ');
    try {
      if (what === 'wait') now += Number(id);
      else if (what === 'tidy') responses.dropIdle();
      else if (what === 'drop') responses.drop(Number(id));
      else if (what === 'next') seen.push(String(responses.next(Number(id))?.length ?? 'none'));
      else
        responses.add(
          Number(id),
          sizes.split(',').map(size => new Uint8Array(Number(size))),
        );
    } catch (error) {
      seen.push(`${(error as { type?: string }).type}: ${(error as Error).message}`);
    }
  }
  return { seen, bytes: responses.bytes };
}

describe('chunks', () => {
  test.each<[name: string, steps: string[], seen: string[], bytes: number]>([
    ['one after the other', ['put 1 5,6,7', 'next 1', 'next 1'], ['5', '6'], 7],
    ['until there is none', ['put 1 5,6', 'next 1', 'next 1', 'next 1'], ['5', '6', 'none'], 0],
    ['of several answers', ['put 1 5,6', 'put 2 7,8', 'next 2', 'next 1', 'next 2'], ['7', '5', '8'], 6],
    ['none of an unknown answer', ['next 1'], ['none'], 0],
    ['none of a dropped answer', ['put 1 5,6', 'next 1', 'drop 1', 'next 1'], ['5', 'none'], 0],
    ['dropped twice', ['put 1 5,6', 'put 2 7', 'drop 1', 'drop 1'], [], 7],
    ['as large as it is', ['put 1 100', 'next 1'], ['100'], 0],
    ['larger than it is', ['put 1 101', 'next 1'], [FULL, 'none'], 0],
    ['too many bytes', ['put 1 60', 'put 2 41', 'put 3 40'], [FULL], 100],
    ['too many answers', ['put 1 1', 'put 2 1', 'put 3 1', 'put 4 1', 'next 1'], [FULL, '1'], 2],
    ['room again by fetching', ['put 1 60,40', 'next 1', 'put 2 60'], ['60'], 100],
    ['a slow client makes room', ['put 1 60,1', 'wait 5000', 'put 2 90', 'next 1'], ['none'], 90],
    [
      'the slowest client first, and no more than needed',
      ['put 1 30,9', 'put 2 30', 'wait 3000', 'next 1', 'wait 3000', 'put 3 70', 'next 2', 'next 1'],
      ['30', 'none', '9'],
      70,
    ],
    [
      'a client that is not slow makes none',
      ['put 1 60,1', 'wait 4999', 'put 2 90', 'next 1'],
      [FULL, '60'],
      1,
    ],
    ['a client that no longer reads', ['put 1 9', 'wait 60000', 'put 2 8', 'tidy', 'next 1'], ['none'], 8],
    [
      'a client that still reads',
      ['put 1 9,8', 'wait 59999', 'next 1', 'wait 9', 'tidy', 'next 1'],
      ['9', '8'],
      0,
    ],
  ])('%s', (_, steps, seen, bytes) => {
    expect(play(steps)).toEqual({ seen, bytes });
  });
});
