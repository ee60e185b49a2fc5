// How many columns a grid of cards takes so that few cards leave no empty space beside them. Pure.

/** The fewest columns with which these groups need no more rows than with the most. */
export function columnsOf(groups: readonly number[], most: number): number {
  const rows = (columns: number) => groups.reduce((sum, cards) => sum + Math.ceil(cards / columns), 0);
  let columns = most;
  while (columns > 1 && rows(columns - 1) === rows(most)) columns--;
  return columns;
}
