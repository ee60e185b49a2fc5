import { expect, test } from 'vitest';
import { Cancellation } from '../../src/concurrency/cancel-signal.js';

/** Does something with a signal, and says what was called. */
function calledBy(use: (signal: Cancellation, called: (name: string) => () => void) => void): string[] {
  const calls: string[] = [];
  use(new Cancellation(), name => () => calls.push(name));
  return calls;
}

test.each<[string, Parameters<typeof calledBy>[0], string[]]>([
  [
    'calls its listeners in order, once',
    (signal, called) => {
      signal.addEventListener('abort', called('a'));
      signal.addEventListener('abort', called('b'));
      signal.abort();
      signal.abort();
    },
    ['a', 'b'],
  ],
  [
    'calls none that was removed, and one that was added twice once',
    (signal, called) => {
      const [a, b] = [called('a'), called('b')];
      for (const listener of [a, b, b]) signal.addEventListener('abort', listener);
      signal.removeEventListener('abort', a);
      signal.removeEventListener('abort', called('never added'));
      signal.abort();
    },
    ['b'],
  ],
  [
    'calls none that is added when it is over',
    (signal, called) => {
      signal.abort();
      signal.addEventListener('abort', called('late'));
    },
    [],
  ],
  [
    'is aborted before its listeners are called',
    (signal, called) => {
      signal.addEventListener('abort', () => called(String(signal.aborted))());
      signal.abort();
    },
    ['true'],
  ],
])('%s', (_, use, calls) => {
  expect(calledBy(use)).toEqual(calls);
});
