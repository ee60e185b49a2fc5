// Few cards leave no empty space beside them.

import { expect, test } from 'vitest';
import { columnsOf } from '../../src/page/view/fewest-columns.js';

test.each<[groups: number[], desktop: number, wall: number]>([
  [[1], 1, 1],
  [[2], 2, 2],
  [[3], 3, 3],
  [[3, 3], 3, 3],
  [[5, 1, 3], 3, 5],
  [[12, 3], 4, 6],
  [[2, 1, 1], 2, 2],
  [[7, 4], 4, 4],
  [[], 1, 1],
])('groups of %j have %d columns on a desktop and %d on a wall', (groups, desktop, wall) => {
  expect([columnsOf(groups, 4), columnsOf(groups, 6)]).toEqual([desktop, wall]);
});
