// The catalogue of aggregations. A new one is an entry of its family's file.

import type { Aggregation } from '../aggregation.js';
import { countValues } from './count-values.js';
import { counts } from './counts.js';
import { extremes } from './extremes.js';
import { quantile } from './quantile.js';
import { ranking } from './ranking.js';
import { sums } from './sums.js';
import { variance } from './variance.js';

export const aggregations: readonly Aggregation[] = [
  ...sums,
  ...extremes,
  ...counts,
  ...variance,
  quantile,
  ...ranking,
  countValues,
];
