// A float64 as a whole number times a power of two, and its texts in base two. Source: Go's strconv, FormatFloat.

import { exponent } from './exponent.js';

const view = new DataView(new ArrayBuffer(8));

/** A finite number's absolute value: `mantissa` times two to the power `power`. */
interface Bits {
  readonly mantissa: bigint;
  readonly power: number;
}

export function bitsOf(value: number): Bits {
  view.setFloat64(0, Math.abs(value));
  const all = view.getBigUint64(0);
  const fraction = all & 0xfffffffffffffn;
  const biased = Number(all >> 52n);
  return biased === 0
    ? { mantissa: fraction, power: -1074 }
    : { mantissa: fraction | (1n << 52n), power: biased - 1075 };
}

/** `%b`: `4503599627370496p-52`. */
export function binary(size: number): string {
  const { mantissa, power } = bitsOf(size);
  return `${mantissa}p${power < 0 ? '-' : '+'}${Math.abs(power)}`;
}

/** `%x`: `0x1.8p+01`, with as many digits as it takes unless a precision is given. */
export function hexadecimal(size: number, precision?: number): string {
  let { mantissa, power } = bitsOf(size);
  if (mantissa === 0n) return `0x0${precision ? `.${'0'.repeat(precision)}` : ''}p+00`;
  // One bit before the point, sixty behind it.
  const shift = 61 - mantissa.toString(2).length;
  mantissa <<= BigInt(shift);
  power += 60 - shift;
  if (precision !== undefined && precision < 15) {
    const dropped = BigInt(60 - precision * 4);
    mantissa = roundedToEven(mantissa, dropped) << dropped;
    if (mantissa >> 61n) {
      mantissa >>= 1n;
      power++;
    }
  }
  const all = mantissa.toString(16);
  const digits =
    precision === undefined
      ? all.slice(1).replace(/0+$/, '')
      : all.slice(1).padEnd(precision, '0').slice(0, precision);
  return `0x${all[0]}${digits === '' ? '' : `.${digits}`}p${exponent(power)}`;
}

function roundedToEven(value: bigint, dropped: bigint): bigint {
  const kept = value >> dropped;
  const rest = value & ((1n << dropped) - 1n);
  const half = 1n << (dropped - 1n);
  return rest > half || (rest === half && (kept & 1n) === 1n) ? kept + 1n : kept;
}
