// Names to addresses for every connection this thread makes. Comes in: a host name and a deadline; goes out: its
// addresses, as the system would give them: /etc/hosts, then the name servers of /etc/resolv.conf, then what else
// /etc/nsswitch.conf names. Unlike getaddrinfo no lookup waits for another, and a deadline ends the waiting. A lookup
// goes on when it is no longer waited for, so that its answer is there the next time.

import { hostname } from 'node:os';
import { domainToASCII } from 'node:url';
import type { Millis } from '../model/time.js';
import { type Address, type Family, literalAddress } from './address.js';
import { DnsError } from './error.js';
import { HostsFile } from './hosts-file.js';
import type { DnsAnswer } from './name-server-channels.js';
import { merge, NameServers } from './name-servers.js';
import { Pace } from './pace.js';
import { RereadFile } from './reread-file.js';
import { parseHostsSources, parseResolvConf } from './resolv-conf.js';
import { type SystemCall, SystemLookup } from './system-lookup.js';

/** An address is asked for again after this span, however long its TTL: a service that moves is noticed. */
const MAX_TTL: Millis = 30_000;
/** How long an answer of getaddrinfo holds, which has no TTL. */
const SYSTEM_TTL: Millis = 10_000;
/** Stale addresses are used once an answer has been waited for this long. Source: RFC 8767, 5 (client response timer). */
const STALE_AFTER: Millis = 1800;
/** Names remembered; of more the one that was looked up longest ago goes. */
const MAX_NAMES = 4096;
const GRACE: Millis = 50;
/** Where one protocol is preferred its answer is worth waiting for. */
const PREFERRED_GRACE: Millis = 1000;
/** Lookups that begin together. A small name server (dnsmasq) answers 150 questions at a time, two for each name. */
const BURST = 50;
const BURST_SPAN: Millis = 250;

const LOOPBACK: readonly Address[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];
/** Sources of nsswitch.conf that are done here. `resolve` is systemd-resolved, which resolv.conf leads to as well. */
const OWN_SOURCES = new Set(['files', 'dns', 'resolve']);

/** Where a resolver reads; the system's own places unless a test says otherwise. */
export interface ResolverFiles {
  readonly hosts?: string;
  readonly resolvConf?: string;
  readonly nsswitch?: string;
  /** Instead of getaddrinfo. */
  readonly system?: SystemCall;
  /** True where files do not show how the system looks names up: macOS, Windows. */
  readonly hasOtherSources?: boolean;
}

export interface LookupOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** The only family wanted; undefined: both. */
  readonly only?: Family | undefined;
  /** One family's answer matters more than a moment. */
  readonly isPreferred?: boolean;
  /** How old an address may be that is used when no name server answers; 0: none is. */
  readonly maxStale?: Millis;
}

interface CachedName {
  readonly addresses: readonly Address[];
  /** Monotonic: until when it needs no question, and when it came. */
  readonly until: Millis;
  readonly at: Millis;
}

/** Looks names up. */
export class Resolver {
  readonly #hosts: HostsFile;
  readonly #sources: RereadFile<readonly string[]>;
  readonly #servers: NameServers;
  readonly #system: SystemLookup;
  readonly #hasOtherSources: boolean;
  readonly #pace = new Pace(BURST, BURST_SPAN);
  readonly #known = new Map<string, CachedName>();
  readonly #running = new Map<string, Promise<readonly Address[]>>();

  constructor(files: ResolverFiles = {}) {
    this.#hosts = new HostsFile(files.hosts ?? systemHosts());
    this.#sources = new RereadFile(files.nsswitch ?? '/etc/nsswitch.conf', parseHostsSources);
    this.#servers = new NameServers(
      new RereadFile(files.resolvConf ?? '/etc/resolv.conf', text =>
        parseResolvConf(text, { hostname: hostname(), env: process.env }),
      ),
    );
    this.#system = new SystemLookup(files.system);
    this.#hasOtherSources = files.hasOtherSources ?? process.platform !== 'linux';
  }

  /** The addresses of a host, in no order that matters. @throws DnsError */
  async lookup(host: string, options: LookupOptions = {}): Promise<readonly Address[]> {
    const literal = literalAddress(host);
    if (literal) return [literal];
    const name = (domainToASCII(host) || host).toLowerCase();
    const bare = name.replace(/\.$/, '');
    const local = this.#hosts.addressesOf(bare);
    if (local.length > 0) return local;
    // RFC 6761, 6.3: such names never leave the machine.
    if (/(?:^|\.)localhost$/.test(bare)) return LOOPBACK;
    // RFC 6761, 6.4.
    if (/(?:^|\.)invalid$/.test(bare)) throw new DnsError('not-found', `no such name ${name}`);
    return this.#remote(name, options);
  }

  /** Ends the questions to name servers, for a process that stops; later lookups start new ones. */
  cancel(): void {
    this.#servers.cancel();
  }

  async #remote(name: string, { signal, only, isPreferred, maxStale = 0 }: LookupOptions) {
    const key = only ? `${name} ${only}` : name;
    const now = performance.now();
    const known = this.#known.get(key);
    if (known && known.until > now) return known.addresses;
    const running = this.#startLookup(key, name, only, isPreferred ? PREFERRED_GRACE : GRACE);
    const stale = known && now - known.at <= maxStale ? known.addresses : undefined;
    return wait(running, { name, signal, stale });
  }

  /** One lookup of a name at a time, whatever the number of callers that wait for it. */
  #startLookup(
    key: string,
    name: string,
    only: Family | undefined,
    grace: Millis,
  ): Promise<readonly Address[]> {
    let running = this.#running.get(key);
    if (!running) {
      const find = () => this.#find(key, name, only, grace);
      // A name that had an answer before does not wait behind those that may never have one.
      const found = this.#known.has(key) ? find() : this.#pace.run(find);
      running = found.finally(() => this.#running.delete(key));
      // It may end when it is no longer waited for.
      running.catch(() => {});
      this.#running.set(key, running);
    }
    return running;
  }

  async #find(
    key: string,
    name: string,
    only: Family | undefined,
    grace: Millis,
  ): Promise<readonly Address[]> {
    const sources = this.#sources.value;
    const multicast = sources.some(source => source.startsWith('mdns')) && /^[^.]+\.local\.?$/.test(name);
    const asksServers = sources.some(source => source === 'dns' || source === 'resolve');
    if (multicast || !asksServers) return this.#querySystem(key, name);
    try {
      const families: readonly Family[] = only ? [only] : [4, 6];
      const first = await this.#servers.addressesOf(name, {
        families,
        grace,
        onLate: late => this.#remember(key, merge([first, late])),
      });
      return this.#remember(key, first);
    } catch (error) {
      const isUnknown = (error as DnsError).problem === 'not-found';
      const others = this.#hasOtherSources || sources.some(source => !OWN_SOURCES.has(source));
      if (!isUnknown || !others) throw error;
      return this.#querySystem(key, name);
    }
  }

  async #querySystem(key: string, name: string): Promise<readonly Address[]> {
    return this.#remember(key, { addresses: await this.#system.addressesOf(name), ttl: SYSTEM_TTL });
  }

  #remember(key: string, { addresses, ttl }: DnsAnswer): readonly Address[] {
    const at = performance.now();
    this.#known.delete(key);
    this.#known.set(key, { addresses, at, until: at + Math.min(ttl, MAX_TTL) });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_NAMES && oldest !== undefined) this.#known.delete(oldest);
    return addresses;
  }
}

interface Waiting {
  readonly name: string;
  readonly signal: AbortSignal | undefined;
  readonly stale: readonly Address[] | undefined;
}

/** A lookup's addresses, or stale ones where no answer comes. A name that no longer exists has none. */
function wait(
  running: Promise<readonly Address[]>,
  { name, signal, stale }: Waiting,
): Promise<readonly Address[]> {
  return new Promise((resolve, reject) => {
    const late = () => (stale ? resolve(stale) : reject(DnsError.noAnswer(name)));
    if (signal?.aborted) return late();
    const timer = stale && setTimeout(late, STALE_AFTER);
    signal?.addEventListener('abort', late, { once: true });
    const leave = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', late);
    };
    running.then(
      addresses => {
        leave();
        resolve(addresses);
      },
      (error: unknown) => {
        leave();
        if (stale && error instanceof DnsError && error.problem === 'no-answer') resolve(stale);
        else reject(error);
      },
    );
  });
}

function systemHosts(): string {
  if (process.platform !== 'win32') return '/etc/hosts';
  return `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts`;
}

let shared: Resolver | undefined;

/** The resolver of this thread, which all of its connections share. */
export function systemResolver(): Resolver {
  shared ??= new Resolver();
  return shared;
}
