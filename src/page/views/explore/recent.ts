// The expressions asked for last, kept in this browser.

const KEY = 'langgraph-monitor.expressions';
const MOST = 30;

/** Newest first. */
export function recentExpressions(): string[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]') as unknown;
    return Array.isArray(kept) ? kept.filter(each => typeof each === 'string').slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function remember(expression: string): void {
  if (expression.trim() === '') return;
  const others = recentExpressions().filter(each => each !== expression);
  try {
    localStorage.setItem(KEY, JSON.stringify([expression, ...others].slice(0, MOST)));
  } catch {
    // Storage is blocked or full: there is no list of recent ones.
  }
}
