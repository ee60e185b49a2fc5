// The flags the demo starts the monitor with. In: what the user gave and what the demo wants. Out: one list in which
// the user's word wins, and what follows from it.

/** The demo's flags, without those the user gave too (`--name=value` or `--name value`), then the user's. */
export function mergeFlags(defaults: Readonly<Record<string, string>>, given: readonly string[]): string[] {
  const ours = Object.entries(defaults)
    .filter(([name]) => flagValue(given, name) === undefined)
    .map(([name, value]) => `--${name}=${value}`);
  return [...ours, ...given];
}

/** The value of a flag among arguments; the last one counts. Undefined when it is not there. */
export function flagValue(given: readonly string[], name: string): string | undefined {
  for (let i = given.length - 1; i >= 0; i--) {
    const word = given[i] as string;
    if (word.startsWith(`--${name}=`)) return word.slice(name.length + 3);
    if (word === `--${name}`) return given[i + 1] ?? '';
  }
  return undefined;
}

export interface ListenAddress {
  /** Undefined for every interface. */
  readonly host: string | undefined;
  readonly port: number;
}

/** Reads `HOST:PORT`, `:PORT` or `[IPV6]:PORT`; undefined for anything else, which the monitor itself complains of. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (!match || Number(match[3]) > 65_535) return undefined;
  return { host: match[1] ?? (match[2] || undefined), port: Number(match[3]) };
}

/** The URL a monitor that logs `Listening` says it has, in logfmt or JSON; undefined for any other line. */
export function listeningUrl(line: string): string | undefined {
  if (!line.includes('Listening')) return undefined;
  return /"?\burl"?[=:]"?(https?:\/\/[^\s"]+)/.exec(line)?.[1]?.replace(/\/$/, '');
}

/** Whether a log line is mere news (info or debug), which the demo's own lines would drown in. */
export function isNews(line: string): boolean {
  return /\blevel=(info|debug)\b/.test(line);
}
