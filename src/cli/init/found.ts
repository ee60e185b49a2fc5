// What a source (hosts that answered, a haproxy.cfg, a docker-compose.yml, a prometheus.yml) says about what there is to
// monitor. Sources make it; write.ts makes a monitor.yml of it.

/** A port that speaks TLS. */
export interface TlsPort {
  /** Its certificate is that of the host, and signed by an authority that is known here. */
  readonly isTrusted: boolean;
}

/** A service to write. */
export interface FoundService {
  /** What its id is made of; need not be unique. */
  readonly name: string;
  /** A kind of probe. */
  readonly kind: string;
  /** Keys of the kind with their values, in the order they are written. */
  readonly settings: Readonly<Record<string, string | true>>;
  /** Lines to write as comments above its settings. */
  readonly comments?: readonly string[];
  /** Settings that are written as comments, since something is missing for them: `password_file: redis.password`. */
  readonly suggested?: readonly string[];
}

/** A scrape job for targets of one exporter. */
export interface FoundJob {
  readonly name: string;
  /** `HOST:PORT` each. */
  readonly targets: readonly string[];
  /** Present where they are scraped with TLS. */
  readonly tls?: TlsPort;
}

/** Sections in Prometheus' format. */
export interface FoundSections {
  /** As text that is valid in monitor.yml; empty when there is none. */
  readonly global: string;
  /** Entries of `scrape_configs`, as text that is valid there. */
  readonly scrapeConfigs: string;
  /** `scrape_config_files`. */
  readonly files: readonly string[];
  /** The names of all their jobs. */
  readonly jobNames: ReadonlySet<string>;
}

/** All that a source has to say. */
export interface Found {
  readonly services: readonly FoundService[];
  readonly jobs: readonly FoundJob[];
  readonly sections?: FoundSections;
  /** What could not be taken over and why, a line each. */
  readonly left: readonly string[];
}

/** Nothing. */
export const NOTHING: Found = { services: [], jobs: [], left: [] };

/** What two sources say, the first one's first. Services that ask the same thing are one. */
export function joined(a: Found, b: Found): Found {
  const sections = b.sections ?? a.sections;
  return {
    services: distinct([...a.services, ...b.services]),
    jobs: [...a.jobs, ...b.jobs],
    ...(sections && { sections }),
    left: [...a.left, ...b.left],
  };
}

/** Services without those that ask what an earlier one asks. */
export function distinct(services: readonly FoundService[]): FoundService[] {
  const seen = new Map<string, FoundService>();
  for (const service of services) {
    const key = JSON.stringify([service.kind, service.settings]);
    if (!seen.has(key)) seen.set(key, service);
  }
  return [...seen.values()];
}

/** `HOST:PORT`, an IPv6 address in brackets. */
export function hostPortText(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Words in the names of parameters whose values may be secrets. */
const SECRET = /token|key|secret|pass|auth|sig|cred/i;

/**
 * A URL without what may be a secret: user and password, parameters that look like one. Undefined when it is no HTTP URL.
 * The second value says what was left out.
 */
export function publicUrl(text: string): { readonly url: string; readonly comments: string[] } | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (!/^https?:$/.test(url.protocol)) return undefined;
  const comments: string[] = [];
  if (url.username !== '' || url.password !== '') {
    comments.push('The URL has a user and a password, which belong into basic_auth with a password_file.');
    url.username = '';
    url.password = '';
  }
  for (const name of [...url.searchParams.keys()])
    if (SECRET.test(name)) {
      comments.push(
        'A parameter of the URL that may be a secret was left out; add it, or use a header from a file.',
      );
      url.searchParams.delete(name);
    }
  return { url: url.href, comments };
}
