import { expect, test } from 'vitest';
import { doAtOnce, doByPieces, mapInSlices } from '../../src/concurrency/time-slicer.js';

function* counting(done: string[]): Generator<void, string> {
  for (const piece of ['first', 'second', 'third']) {
    done.push(piece);
    yield;
  }
  return 'result';
}

test('work that stops now and then is done at once, or with turns for all else at each stop', async () => {
  const done: string[] = [];
  setImmediate(() => done.push('something else'));
  expect(doAtOnce(counting(done))).toBe('result');
  expect(done).toEqual(['first', 'second', 'third']);
  done.length = 0;
  expect(await doByPieces(counting(done))).toBe('result');
  expect(done).toEqual(['first', 'something else', 'second', 'third']);
  await expect(
    doByPieces(
      (function* () {
        yield;
        throw new Error('no result');
      })(),
    ),
  ).rejects.toThrow('no result');
});

test('what is due while a long list is mapped comes before its end, and the order stays', async () => {
  const done: string[] = [];
  setImmediate(() => done.push('something else'));
  const mapped = await mapInSlices([1, 2, 3, 4, 5], item => {
    for (const begin = performance.now(); performance.now() - begin < 10; );
    done.push(`item ${item}`);
    return item * 2;
  });
  expect(mapped).toEqual([2, 4, 6, 8, 10]);
  expect(done.indexOf('something else')).toBeLessThan(done.indexOf('item 5'));
});
