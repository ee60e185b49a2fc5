// Months of the monitor's calendar, `2026-10`. Pure.

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** @returns undefined for what is none */
export const parseMonth = (text: string | null): string | undefined =>
  text !== null && MONTH.test(text) ? text : undefined;

/** So many months later. */
export function monthAfter(month: string, by: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const all = year * 12 + number - 1 + by;
  return `${Math.floor(all / 12)}-${String((all % 12) + 1).padStart(2, '0')}`;
}

/** `October 2026`. */
export const nameOfMonth = (month: string): string =>
  new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-15T12:00:00Z`),
  );
