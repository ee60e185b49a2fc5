import { expect, test } from 'vitest';
import { LastSpeed } from '../../../src/probes/inference/last-speed.js';

test('nothing is known before the first answer, nor of a model that does not answer', async () => {
  const speed = new LastSpeed();
  expect(speed.details).toBeUndefined();
  await speed.note('m', Promise.resolve({ firstToken: 213.4, tokensPerSecond: 43.127 }));
  expect(speed.details).toEqual({ time_to_first_token: 0.213, tokens_per_second: 43.1 });
  await expect(speed.note('m', Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(speed.details).toBeUndefined();
});

test('of several models the fastest, by each figure', async () => {
  const speed = new LastSpeed();
  await speed.note('a', Promise.resolve({ firstToken: 100, tokensPerSecond: 10 }));
  await speed.note('b', Promise.resolve({ firstToken: 200, tokensPerSecond: 90 }));
  expect(speed.details).toEqual({ time_to_first_token: 0.1, tokens_per_second: 90 });
});

test('an answer that came at once has no rate', async () => {
  const speed = new LastSpeed();
  await speed.note('a', Promise.resolve({ firstToken: 100 }));
  expect(speed.details).toEqual({ time_to_first_token: 0.1 });
});
