// Asks the monitor. Paths are below the address the page was loaded from, so that they also lead there below a proxy's
// path, whatever view is shown.

import type { Series } from './promql.js';

export type { Series };

const TIMEOUT = 15_000;
/** Milliseconds: of two attempts one after the other the page knows within five seconds. */
const CHECK_TIMEOUT = 1200;
/** Where the public's copies of the endpoints are. */
const PUBLIC = 'ui/public/';

let base = '/';
let prefix = '';

/** @param root what leads from the address the page was loaded at to the monitor's: `./`, `../`
 * @param isPublic only what the public may know is asked for */
export function setBase(root: string, isPublic = false): void {
  prefix = isPublic ? PUBLIC : '';
  base = new URL(root, location.href).pathname;
}

/** The absolute path of one below the monitor's address. */
export function pathOf(path: string): string {
  return `${base}${path}`;
}

/** The absolute path of an endpoint. */
export function endpoint(path: string): string {
  return pathOf(`${prefix}${path}`);
}

interface Check {
  /** Which page the monitor serves; null where it says none. */
  readonly build: string | null;
  /** It does not know the reader, or not any more. */
  readonly isRefused: boolean;
}

/** Whether the monitor answers, within a moment: undefined where it does not. */
export async function checkMonitor(): Promise<Check | undefined> {
  const options = { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(CHECK_TIMEOUT) } as const;
  return fetch(endpoint('-/healthy'), options).then(
    ({ ok, status, headers }) => {
      const isRefused = status === 401 || status === 403;
      return ok || isRefused ? { build: headers.get('page-build'), isRefused } : undefined;
    },
    () => undefined,
  );
}

/** GET of JSON. @throws Error with what the monitor says is wrong, or that it does not answer */
export async function getJson<T>(path: string): Promise<T> {
  const response = await fetch(endpoint(path), { signal: AbortSignal.timeout(TIMEOUT) });
  if (response.ok) return (await response.json()) as T;
  const message = messageOf(await response.text().catch(() => ''));
  throw new Error(message === '' ? `HTTP ${response.status}` : message);
}

/** What an answer says is wrong, in the forms of our APIs: a text, `{message}`, `{error}`; empty where it says nothing. */
export function messageOf(text: string): string {
  try {
    const body = JSON.parse(text) as unknown;
    if (typeof body === 'string') return body;
    const { message, error } = (body ?? {}) as { message?: unknown; error?: unknown };
    return [message, error].find(each => typeof each === 'string') ?? '';
  } catch {
    return '';
  }
}

interface VectorAnswer {
  readonly data: { readonly result: readonly Series[] };
}

/** A PromQL query at this moment. @throws as {@link getJson} */
export async function instant(query: string): Promise<readonly Series[]> {
  const { data } = await getJson<VectorAnswer>(`api/v1/query?${new URLSearchParams({ query })}`);
  return data.result;
}

/** A PromQL query over a range. @param end seconds since the epoch @param step seconds @throws as {@link getJson} */
export async function range(
  query: string,
  end: number,
  step: number,
  points: number,
): Promise<readonly Series[]> {
  const start = end - (points - 1) * step;
  const parameters = new URLSearchParams({ query, start: `${start}`, end: `${end}`, step: `${step}` });
  const { data } = await getJson<VectorAnswer>(`api/v1/query_range?${parameters}`);
  return data.result;
}

/** A matcher for these services. */
export function targets(ids: readonly string[]): string {
  const names = ids.map(id => id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return `target=~${JSON.stringify(names.join('|'))}`;
}
