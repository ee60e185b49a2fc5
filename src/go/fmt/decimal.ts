// Exact decimal digits of a float64 and their rounding, half to even on the exact value as Go does; toFixed and
// toExponential round ties up. Source: Go's strconv, FormatFloat.

import { exponent } from './exponent.js';
import { bitsOf } from './float-bits.js';

/** 0.DIGITS times ten to the power `point`; without digits it is zero. No zeros at either end. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** `%e` of a finite number that is not negative; all digits it takes to name the number without a precision. */
export function scientific(size: number, precision?: number): string {
  const decimal = precision === undefined ? shortest(size) : rounded(exact(size), precision + 1);
  return scientificOf(decimal, precision ?? Math.max(0, decimal.digits.length - 1));
}

function scientificOf({ digits, point }: Decimal, precision: number): string {
  const all = digits.padEnd(precision + 1, '0');
  const fraction = precision > 0 ? `.${all.slice(1, precision + 1)}` : '';
  return `${all[0]}${fraction}e${exponent(digits === '' ? 0 : point - 1)}`;
}

/** `%f` of a finite number that is not negative. */
export function fixed(size: number, precision?: number): string {
  const decimal = precision === undefined ? shortest(size) : exact(size);
  const at = precision === undefined ? decimal : rounded(decimal, decimal.point + precision);
  return fixedOf(at, precision ?? Math.max(0, at.digits.length - at.point));
}

function fixedOf({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (precision === 0) return whole;
  const fraction = point > 0 ? digits.slice(point) : '0'.repeat(Math.min(-point, precision)) + digits;
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, '0')}`;
}

/** `%g` of a finite number that is not negative: `%e` for large and small exponents, no zeros at the end. */
export function general(size: number, precision?: number): string {
  const digits = precision === 0 ? 1 : precision;
  const decimal = digits === undefined ? shortest(size) : rounded(exact(size), digits);
  const count = decimal.digits.length;
  const isWhole = digits !== undefined && digits > count && count >= decimal.point;
  // Six is Go's threshold for the shortest digits.
  const limit = isWhole ? count : (digits ?? 6);
  const power = decimal.point - 1;
  if (power < -4 || power >= limit) return scientificOf(decimal, Math.max(0, count - 1));
  return fixedOf(decimal, Math.max(0, count - decimal.point));
}

function shortest(size: number): Decimal {
  if (size === 0) return { digits: '', point: 0 };
  const [mantissa, power] = size.toExponential().split('e') as [string, string];
  return { digits: mantissa.replace('.', ''), point: Number(power) + 1 };
}

function exact(size: number): Decimal {
  const { mantissa, power } = bitsOf(size);
  if (mantissa === 0n) return { digits: '', point: 0 };
  // m/2^k is m*5^k/10^k.
  const scaled = power >= 0 ? mantissa << BigInt(power) : mantissa * 5n ** BigInt(-power);
  const text = scaled.toString();
  return { digits: text.replace(/0+$/, ''), point: text.length + Math.min(power, 0) };
}

function rounded({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: '', point: 0 };
  const kept = digits.slice(0, count);
  const rest = digits.slice(count);
  const isOdd = Number(kept.at(-1) ?? 0) % 2 === 1;
  const isUp = rest > '5' || (rest === '5' && isOdd) || (rest[0] as string) > '5';
  if (!isUp) return trimmed(kept, point);
  const up = (BigInt(kept === '' ? '0' : kept) + 1n).toString().padStart(count, '0');
  return trimmed(up, point + up.length - count);
}

function trimmed(digits: string, point: number): Decimal {
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? { digits: '', point: 0 } : { digits: kept, point };
}
