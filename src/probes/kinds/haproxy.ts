// HAProxy: its health URL says whether it works, its statistics what goes through it. Healthy when both answer.

import type { z } from 'zod';
import { httpClientProblem } from '../../config/http-client/problem.js';
import type { SchemaKit } from '../../config/schema-kit.js';
import { family } from '../../model/family.js';
import { oneLine } from '../../model/scrub.js';
import type { Connections } from '../http/connections.js';
import { exchange } from '../http/exchange.js';
import { httpFamilies } from '../http/families.js';
import { DEFAULT_BODY_LIMIT, type HttpResponse, type PreparedRequest, prepare } from '../http/request.js';
import { type Attempt, type Probe, ProbeFailure } from '../probe.js';
import type { ProbeKind } from '../probe-kind.js';
import { SecondaryAttempt } from '../secondary-attempt.js';
import { statisticsAddress } from './haproxy/address.js';
import { statisticsFamilies } from './haproxy/column-map.js';
import type { CsvParse } from './haproxy/page.js';
import type { Backend } from './haproxy/row-reader.js';
import { showStat } from './haproxy/socket.js';
import { Statistics } from './haproxy/statistics.js';
import { checkStatus, dataOf, parseJson, unexpectedResponse } from './http/answer.js';

/** A page of a thousand servers is half a megabyte. */
const STATISTICS_LIMIT = 32 * 1024 * 1024;

function options(schemaKit: SchemaKit) {
  const { about, basicAuth, count, httpClientShape, httpUrl, ipProtocolShape, ofType, section } = schemaKit;
  return section({
    url: about(
      httpUrl().optional(),
      'Health; the service is judged and timed by it. Either this or `stats_url`, or both.',
      {
        example: 'http://127.0.0.1:8888/health',
      },
    ),
    stats_url: about(
      ofType('URL or unix:/PATH', { type: 'string' }, statisticsAddress(schemaKit)).optional(),
      "HAProxy's statistics: the page as a browser opens it, or the stats socket.",
      { example: 'http://127.0.0.1:9000/haproxy_stats' },
    ),
    stats_basic_auth: about(
      basicAuth.optional(),
      'User and password of the statistics alone; without it the keys below serve both URLs.',
    ),
    body_limit: about(
      count(1).default(DEFAULT_BODY_LIMIT),
      'Longest body of the health URL that is read, in bytes.',
    ),
    stats_body_limit: about(
      count(1).default(STATISTICS_LIMIT),
      'Longest page of statistics that is read, in bytes.',
    ),
    ...httpClientShape,
    ...ipProtocolShape,
  });
}

export type HaproxyOptions = z.output<ReturnType<typeof options>>;

const up = family('haproxy_up', 'Whether the last scrape of the statistics succeeded (1) or not (0)');
const scrapes = family('haproxy_exporter_scrapes_total', 'Scrapes of the statistics', 'counter');
const parseFailures = family(
  'haproxy_exporter_csv_parse_failures_total',
  'Scrapes that brought something that is not HAProxy statistics',
  'counter',
);

export const haproxy: ProbeKind<HaproxyOptions> = {
  kind: 'haproxy',
  options,
  check: config =>
    config.url || config.stats_url
      ? httpClientProblem(config)
      : 'has neither url (health) nor stats_url (statistics); give at least one',
  families: [...httpFamilies, up, scrapes, parseFailures, ...statisticsFamilies],
  open: async (config, { connections }) =>
    new HaproxyProbe(config, connections, (await import('csv-parse/sync')).parse),
};

const NO_LABELS: readonly string[] = [];

declare module '../../model/result.js' {
  interface ProbeFacts {
    /** Absent where the statistics could not be read. */
    readonly haproxy?: { readonly backends: Readonly<Record<string, Backend>> };
  }
}

class HaproxyProbe implements Probe {
  readonly #health: PreparedRequest | undefined;
  readonly #statisticsRequest: PreparedRequest | undefined;
  readonly #source: StatisticsSource | undefined;
  readonly #connections: Connections;
  readonly #statistics: Statistics;
  #scrapes = 0;
  #parseFailures = 0;

  constructor(config: HaproxyOptions, connections: Connections, parseCsv: CsvParse) {
    this.#connections = connections;
    this.#health = config.url ? prepare(config.url, config) : undefined;
    this.#statisticsRequest = statisticsRequest(config);
    this.#source = sourceOf(config, this.#statisticsRequest, connections);
    this.#statistics = new Statistics(parseCsv);
  }

  get secrets(): readonly string[] {
    return [...(this.#health?.secrets ?? []), ...(this.#statisticsRequest?.secrets ?? [])];
  }

  async run(attempt: Attempt): Promise<void> {
    const beside = this.#health ? new SecondaryAttempt(attempt, ofStatistics) : attempt;
    const page = this.#source && this.#fetch(this.#source, attempt, beside);
    let failure: unknown;
    if (this.#health)
      failure = await this.#fetchHealth(this.#health, attempt).catch((error: unknown) => error);
    // Recorded after the health, whichever came first: the order of series stays the same from check to check.
    const unread = page && this.#record(await page, attempt);
    failure ??= unread;
    if (failure) throw failure;
  }

  close(): void {}

  async #fetchHealth(request: PreparedRequest, attempt: Attempt): Promise<void> {
    const answer = await exchange(request, attempt, this.#connections);
    const parsed = parseJson(answer);
    attempt.data = parsed && dataOf(parsed, answer.secrets);
    checkStatus(answer, undefined, parsed?.value);
  }

  /** Never throws: a failed scrape is looked at when the health has been. */
  #fetch(
    source: StatisticsSource,
    attempt: Attempt,
    beside: Attempt,
  ): Promise<StatisticsPage | ProbeFailure> {
    attempt.onCancel(() => this.#recordScrape(attempt, false));
    this.#scrapes++;
    return source(beside).catch((error: ProbeFailure) => error);
  }

  /** Records what was scraped, or returns why it could not be. */
  #record(page: StatisticsPage | ProbeFailure, attempt: Attempt): ProbeFailure | undefined {
    const failure = page instanceof ProbeFailure ? page : this.#read(page, attempt);
    this.#recordScrape(attempt, !failure);
    return this.#health && failure ? ofStatistics(failure) : failure;
  }

  #read(page: StatisticsPage, attempt: Attempt): ProbeFailure | undefined {
    try {
      const backends = this.#statistics.record(page.text, attempt, attempt.room);
      if (!backends) throw new ProbeFailure('body', page.stranger());
      attempt.facts = { haproxy: { backends } };
      return undefined;
    } catch (error) {
      this.#parseFailures++;
      return error as ProbeFailure;
    }
  }

  #recordScrape(attempt: Attempt, succeeded: boolean): void {
    attempt.record(up, NO_LABELS, succeeded ? 1 : 0);
    attempt.record(scrapes, NO_LABELS, this.#scrapes);
    attempt.record(parseFailures, NO_LABELS, this.#parseFailures);
  }
}

/** A failure that is not the health URL's. */
function ofStatistics(failure: ProbeFailure): ProbeFailure {
  return new ProbeFailure(failure.reason, `Statistics: ${failure.message}`);
}

/** What should be statistics, and what to say when it is not. */
interface StatisticsPage {
  readonly text: string;
  stranger(): string;
}

/** @throws ProbeFailure */
type StatisticsSource = (attempt: Attempt) => Promise<StatisticsPage>;

/** What asks for the statistics over HTTP; undefined when they are read from a socket or not at all. */
function statisticsRequest(config: HaproxyOptions): PreparedRequest | undefined {
  const { stats_url: address, stats_basic_auth } = config;
  if (!address || 'socket' in address) return undefined;
  const signIn = stats_basic_auth && { basic_auth: stats_basic_auth, authorization: undefined };
  return prepare(address.url, {
    ...{ ...config, ...signIn },
    body_limit: config.stats_body_limit,
    limit_key: 'stats_body_limit',
  });
}

function sourceOf(
  config: HaproxyOptions,
  request: PreparedRequest | undefined,
  connections: Connections,
): StatisticsSource | undefined {
  const address = config.stats_url;
  if (address && 'socket' in address) {
    const limit = config.stats_body_limit;
    return async attempt => {
      const text = await showStat(address.socket, limit, attempt);
      return {
        text,
        stranger: () => strangerOn(address.socket, text),
      };
    };
  }
  if (!request) return undefined;
  return async attempt => {
    const answer = await exchange(request, attempt, connections);
    checkSignedIn(answer);
    checkStatus(answer, undefined, parseJson(answer)?.value);
    const text = answer.body.toString('utf8');
    return { text, stranger: () => strangersPage(answer) };
  };
}

function checkSignedIn({ statusCode, credentialsDroppedAt }: HttpResponse): void {
  if (statusCode !== 401 || credentialsDroppedAt) return;
  throw new ProbeFailure('auth', 'HTTP 401 (wrong or no user and password; set stats_basic_auth)');
}

function strangersPage(answer: HttpResponse): string {
  const found = unexpectedResponse(answer, 'HAProxy statistics');
  // A form to sign in by is no password that a request could bring along.
  if (answer.redirectedFrom)
    return `${found}; point stats_url to where the statistics are without signing in by a page, such as a frontend on 127.0.0.1`;
  return (
    `${found}; another backend seems to answer there: ` +
    'add `stats enable` and `stats uri` to a frontend and point stats_url to it'
  );
}

/** The master process has a socket of its own, on which commands for a worker begin with its number. */
const MASTER = /^\s*show proc\b/m;

function strangerOn(socket: string, text: string): string {
  if (MASTER.test(text)) {
    return `${socket} is the socket of HAProxy's master process (-S), which has no statistics; point stats_url to a \`stats socket\` of the global section`;
  }
  return `${socket} answered "${oneLine(text, 40) || 'nothing'}", not HAProxy statistics; it must be a stats socket`;
}
