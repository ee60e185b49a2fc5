// The same asked of our API and of a real Alertmanager: answers with what differs from one server to the next taken out.

/** An answer: its status and its body, parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** As JSON has it, and as amtool prints it. */
const MOMENT = /\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d\.\d{3}Z| \d\d:\d\d:\d\d UTC)/g;
const MINUTE = 60_000;
const DAY = 24 * 60;

/** Asks for a path below /api/v2. */
export async function ask(url: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${url}/api/v2/${path}`, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? '' : JSON.parse(text) };
}

/** POST of a JSON text. */
export function posting(body: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

/** A text with moments around now named by their distance in tens of minutes, and ids of silences by what `names` calls them. */
export function plain(text: string, names: ReadonlyMap<string, string> = new Map()): string {
  const now = Date.now();
  return text
    .replace(UUID, id => (names.get(id) ?? 'some id').padEnd(36))
    .replace(MOMENT, moment => {
      const minutes = (Date.parse(moment.replace(' UTC', 'Z').replace(' ', 'T')) - now) / MINUTE;
      // Those of the tests are tens of minutes away, or up to four less by now.
      const tens = 10 * Math.floor((minutes + 4) / 10);
      return Math.abs(minutes) > DAY ? moment : `now${tens < 0 ? '' : '+'}${tens}m`.padEnd(23);
    });
}

/** The same of a JSON value. */
export function plainJson(value: unknown, names?: ReadonlyMap<string, string>): unknown {
  return JSON.parse(plain(JSON.stringify(value), names));
}

/** Our answer as Alertmanager 0.25 would have given it: without what newer ones have. @throws when it is not as newer ones have it */
export function older(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(older);
  if (typeof value !== 'object' || value === null) return value;
  const { mutedBy, ...rest } = value as Record<string, unknown>;
  if ('state' in rest && 'silencedBy' in rest && !Array.isArray(mutedBy))
    throw new Error('mutedBy is missing');
  return Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, older(inner)]));
}
