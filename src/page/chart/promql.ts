// Parts of PromQL questions. Pure.

/** PromQL's form of a window that reaches over a step, and over a few scrapes at least. */
export function windowOf(step: number): string {
  return `${Math.max(step, 60)}s`;
}

/** A window for a rate: it wants two samples at least, also where they are a minute apart. */
export function rateWindow(step: number): string {
  return windowOf(Math.max(step, 120));
}

/** Several questions in one; each one's series have its name as `part`. */
export function parts(of: Readonly<Record<string, string>>): string {
  return Object.entries(of)
    .map(([part, query]) => `label_replace(${query}, "part", "${part}", "", "")`)
    .join(' or ');
}
