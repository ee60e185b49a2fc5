// The catalogue of functions. A new one is an entry of its family's file.

import type { PromqlFunction } from '../function.js';
import { absence } from './absence.js';
import { calendar } from './calendar.js';
import { conversion } from './conversion.js';
import { extremesOverTime } from './extremes-over-time.js';
import { histogram } from './histogram.js';
import { labels } from './labels.js';
import { math } from './math.js';
import { movements } from './movements.js';
import { overTime } from './over-time.js';
import { quantileOverTime } from './quantile-over-time.js';
import { rates } from './rates.js';
import { regressions } from './regressions.js';
import { sort } from './sort.js';
import { time } from './time.js';
import { trigonometry } from './trigonometry.js';

export const functions: readonly PromqlFunction[] = [
  ...absence,
  ...calendar,
  ...conversion,
  ...extremesOverTime,
  ...histogram,
  ...labels,
  ...math,
  ...movements,
  ...overTime,
  ...quantileOverTime,
  ...rates,
  ...regressions,
  ...sort,
  ...time,
  ...trigonometry,
];
