// Recipients that have got a message.

import { expect, test } from 'vitest';
import { SentRecipients } from '../../src/alertmanager/receivers/sent-recipients.js';

test('each receiver has recipients of its own', () => {
  const all = new SentRecipients(1000);
  const [one, other] = [all.scopedTo('one'), all.scopedTo('other')];
  one.add('m', 'ann', 0);
  expect([one, all.scopedTo('one'), other, all].map(each => each.has('m', 'ann', 999))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  other.delete('m', 'ann');
  expect(one.has('m', 'ann', 999)).toBe(true);
  expect(one.has('m', 'ann', 1000)).toBe(false);
  all.scopedTo('one').delete('m', 'ann');
  expect(one.has('m', 'ann', 999)).toBe(false);
});

test('the oldest are dropped when there are too many', () => {
  const all = new SentRecipients(1000);
  for (let i = 0; i <= 10_000; i++) all.scopedTo(`receiver ${i}`).add('m', 'ann', 0);
  expect([0, 1, 10_000].map(i => all.scopedTo(`receiver ${i}`).has('m', 'ann', 1))).toEqual([
    false,
    true,
    true,
  ]);
});
