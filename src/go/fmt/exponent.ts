// The exponent of a number as Go writes it.

/** At least two digits and always a sign: `+06`. */
export function exponent(power: number): string {
  return `${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
