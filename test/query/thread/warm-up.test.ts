import { expect, test } from 'vitest';
import { answerOnce } from '../../../src/query/thread/warm-up.js';

test('before the samples are opened a question is answered from a store of its own', () => {
  expect(JSON.parse(answerOnce()).result.map(({ metric }: { metric: object }) => metric)).toEqual([
    { job: 'a' },
    { job: 'b' },
  ]);
});
