// Figures of loads and response times by their unit. Pure.

import { seconds } from '../../words.js';

/** As the endpoints name it. */
export type Unit = 'seconds' | 'requests/h' | 'sessions' | 'ratio';

const share = (value: number): string => `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;

/** A number in a few digits: `0.42`, `94`, `1.2k`, `3.4M`. */
function short(value: number): string {
  const units = ['', 'k', 'M', 'G'];
  let [rest, unit] = [value, 0];
  while (Math.abs(rest) >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  const digits = unit === 0 ? (Number.isInteger(rest) || rest >= 10 ? 0 : 2) : rest >= 99.5 ? 0 : 1;
  return `${rest.toFixed(digits)}${units[unit]}`;
}

const PRINT: Readonly<Record<Unit, (value: number) => string>> = {
  seconds,
  ratio: share,
  sessions: short,
  'requests/h': value => `${short(value)}/h`,
};

/** With its unit. */
export const printer = (unit: Unit): ((value: number) => string) => PRINT[unit];

/** The same where two values that are near each other have to differ. */
export const exactly = (unit: Unit): ((value: number) => string) =>
  unit === 'ratio' ? value => `${(value * 100).toFixed(1)} %` : PRINT[unit];

/** How the cells of a table say values: without the unit, which its caption has. */
interface CellFormat {
  /** `seconds`, `% of the limit` */
  readonly unit: string;
  readonly print: (value: number) => string;
}

/** @param highest of the table's values */
export function cellFormat(unit: Unit, highest: number): CellFormat {
  if (unit === 'seconds') {
    if (highest < 0.1) return { unit: 'milliseconds', print: value => (value * 1000).toFixed(0) };
    return { unit: 'seconds', print: value => value.toFixed(highest < 9.995 ? 2 : 1) };
  }
  if (unit === 'ratio') return { unit: '%', print: value => (value * 100).toFixed(0) };
  return { unit: unit === 'requests/h' ? 'requests an hour' : unit, print: short };
}
