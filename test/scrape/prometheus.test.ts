// The same pages scraped by a real Prometheus and by ours: which series, values and times they become, whether the target is
// up, and what is wrong with it. Prometheus 2.42 has fewer words for a mistake, no names in quotes, and leaves bounds as they
// are written; these differences are left out.

import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scrape } from '../../src/model/scrape.js';
import { TargetScraper } from '../../src/scrape/target-scraper.js';
import { listen, portOf, stop } from '../support/http.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';
import { options } from './options.js';

const NOW = Math.floor(Date.now() / 1000) * 1000;
const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

interface Answer {
  readonly body: string | Buffer;
  readonly type?: string;
  readonly isGzip?: true;
  readonly status?: number;
  /** Keys of the job. */
  readonly job?: Readonly<Record<string, unknown>>;
}

const om = (body: string): Answer => ({ body, type: OPENMETRICS });

const PAGES: Readonly<Record<string, Answer>> = {
  plain: { body: '# HELP a Some text.\n# TYPE a gauge\na 1\nb{c="d"} -2.5e-3\n' },
  no_line_end: { body: 'a 1' },
  numbers: {
    body: 'a{n="1"} NaN\na{n="2"} +Inf\na{n="3"} -Inf\na{n="4"} inf\na{n="5"} 1e+308\na{n="6"} 5.\na{n="7"} .5\na{n="8"} +7\na{n="9"} 0.1234567890123456789\na{n="10"} 123456789012345678\n',
  },
  too_large: { body: 'a 1e999\n' },
  hexadecimal: { body: 'a 0x1p-2\n' },
  underscore: { body: 'a 1_000\n' },
  white_space: { body: '\n  \na  { b = "c" ,\td="e" }\t 2  \n' },
  space_first: { body: ' a 1\n' },
  no_commas: { body: 'a{b="c" d="e"} 1\n' },
  last_comma: { body: 'a{b="c",} 1\n' },
  two_commas: { body: 'a{b="c",,} 1\n' },
  braces_only: { body: 'a{} 1\n' },
  escapes: { body: String.raw`a{b="\"x\" \\ \n \t {}#="} 1` },
  line_end_in_value: { body: 'a{b="x\ny"} 1\nc 2\n' },
  open_quote: { body: 'a{b="x} 1\nc 2\n' },
  not_utf8: { body: Buffer.from('a{b="\xff"} 1\n', 'latin1') },
  utf8: { body: 'a{b="äöü€𝄞"} 1\n' },
  zero_byte: { body: 'a{b="x\0y"} 1\nc 2\n\0d 3\n' },
  empty_label: { body: 'a{b=""} 1\n' },
  label_twice: { body: 'a{b="1",b="2"} 1\n' },
  same_twice: { body: 'a 1\na 2\nb 3\n' },
  same_otherwise: { body: 'a{b="1",c="2"} 1\na{c="2",b="1"} 2\nb 3\n' },
  times: { body: `a 1 ${NOW - 60_000}\nb 2\nc 3 ${NOW + 60_000}\n` },
  far_times: { body: `a 1 ${NOW + 3_600_000}\nb 2\n` },
  several_times: { body: `a 2 ${NOW - 30_000}\n` },
  negative_time: { body: 'a 1 -5\n' },
  time_with_fraction: { body: 'a 1 1.5\n' },
  without_honored_times: { body: `a 1 ${NOW - 60_000}\n`, job: { honor_timestamps: false } },
  comments: { body: '#\n# \n#HELP a b\n# HELPa b\n# TYPE\n# a comment\na 1\n' },
  metadata_without_text: { body: '# HELP a\n# HELP b \na 1\n' },
  unknown_type: { body: '# TYPE a thing\na 1\n' },
  space_behind_type: { body: '# TYPE a gauge \na 1\n' },
  type_of_openmetrics: { body: '# TYPE a info\na 1\n' },
  windows: { body: 'a 1\r\nb 2\r\n' },
  html: { body: '<html><body>Hello</body></html>\n', type: 'text/html' },
  no_format: { body: 'a 1\n', type: '' },
  empty: { body: '' },
  blank: { body: '\n\n' },
  number_first: { body: '1a 1\n' },
  name_alone: { body: 'a\n' },
  single_quotes: { body: "a{b='c'} 1\n" },
  no_value: { body: 'a{b="c"}\n' },
  word: { body: 'a true\n' },
  labels_only: { body: '{b="c"} 1\n' },
  mistake_behind_samples: { body: 'a 1\nb 2\nc{\n' },
  error: { body: 'a 1\n', status: 500 },
  created: { body: 'a 1\n', status: 201 },
  compressed: { body: gzipSync('a 1\nb 2\n'), isGzip: true },
  not_compressed: { body: 'a 1\n', isGzip: true },
  conflicts: { body: 'a{job="x",instance="y",exported_job="z",n="1"} 1\na{job="",n="2"} 2\n' },
  honored: {
    body: 'a{job="honored",instance="y",n="1"} 1\nb{job="",n="2"} 2\n',
    job: { honor_labels: true },
  },
  openmetrics: om(
    '# TYPE a counter\n# HELP a Some text.\na_total 1\na_created 1.7e9\n# TYPE b_seconds gauge\n# UNIT b_seconds seconds\nb_seconds 2\n# EOF\n',
  ),
  exemplars: om(
    `# TYPE a histogram\na_bucket{le="1.0"} 1 # {trace_id="x"} 0.5\na_bucket{le="+Inf"} 2 ${NOW / 1000 - 60.5} # {} 2 1.5\n# EOF\n`,
  ),
  info_and_stateset: om('# TYPE a info\na_info{v="1"} 1\n# TYPE b stateset\nb{b="x"} 0\n# EOF\n'),
  times_of_openmetrics: om(`a 1 ${NOW / 1000 - 60}.1239\n# EOF\n`),
  without_end: om('a 1\n'),
  behind_the_end: om('# EOF\na 1\n'),
  blank_line: om('a 1\n\n# EOF\n'),
  comment: om('# a comment\n# EOF\n'),
  two_spaces: om('a  1\n# EOF\n'),
  space_in_labels: om('a{b="c", d="e"} 1\n# EOF\n'),
  wrong_unit: om('# UNIT a seconds\n# EOF\n'),
  endless_time: om('a 1 +Inf\n# EOF\n'),
  exemplar_without_value: om('a 1 # {b="c"}\n# EOF\n'),
  too_many: { body: 'a 1\nb 2\nc 3\n', job: { sample_limit: 2 } },
  as_many_as_may_be: { body: 'a 1\nb 2\n', job: { sample_limit: 2 } },
  too_many_labels: { body: 'a 1\nb{c="d"} 2\n', job: { label_limit: 3 } },
  long_name: { body: 'a{a_long_label="x"} 1\n', job: { label_name_length_limit: 10 } },
  long_value: {
    body: 'a{b="a_long_value_of_a_label_that_is_longer_than_an_address"} 1\n',
    job: { label_value_length_limit: 40 },
  },
  too_long: { body: 'a 1\nb 2\n', job: { body_size_limit: '8B' } },
  long_enough: { body: 'a 1\nb 2\n', job: { body_size_limit: '9B' } },
};

let server: Awaited<ReturnType<typeof listen>>;
let prometheus: PrometheusServer;

beforeAll(async () => {
  server = await listen(({ url = '' }, response) => send(response, PAGES[url.slice(1)]));
  const jobs = Object.entries(PAGES).map(([name, { job }]) => ({
    job_name: name,
    metrics_path: `/${name}`,
    static_configs: [{ targets: [`127.0.0.1:${portOf(server)}`] }],
    ...job,
  }));
  // An interval in which there is one scrape, at once: targets are spread over it.
  const global = { scrape_interval: '3s', scrape_timeout: '3s' };
  prometheus = await startPrometheus(JSON.stringify({ global, scrape_configs: jobs }));
});
afterAll(async () => {
  await prometheus.close();
  await stop(server);
});

function send(response: ServerResponse, page: Answer | undefined): void {
  const { body = '', type = TEXT, isGzip, status = 200 } = page ?? {};
  response.writeHead(status, {
    ...(type === '' ? {} : { 'content-type': type }),
    ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(body);
}

interface Outcome {
  readonly health: string;
  readonly error: string;
  /** Series as JSON, and their values, with the times that are not the scrape's. */
  readonly samples: Readonly<Record<string, string>>;
}

interface Target {
  readonly scrapePool: string;
  readonly health: string;
  readonly lastError: string;
  readonly lastScrape: string;
}

/** What Prometheus made of a page, once it has scraped it. */
async function ofPrometheus(name: string): Promise<Outcome> {
  for (;;) {
    const { activeTargets } = await prometheus.api<{ activeTargets: Target[] }>('targets');
    const target = activeTargets.find(({ scrapePool }) => scrapePool === name);
    if (target && target.health !== 'unknown') {
      const { health, lastError } = target;
      const samples = await samplesOf(name);
      // It shows a scrape a moment before the scrape's samples can be read.
      if (Object.keys(samples).length > 0) return { health, error: lastError, samples };
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

async function samplesOf(name: string): Promise<Record<string, string>> {
  const query = `{__name__!="",instance=~".+",__name__!~"scrape_duration_seconds"}[2h]`;
  const of = `{job="${name}",${query.slice(1)}`;
  const { result } = await prometheus.api<{
    result: { metric: Record<string, string>; values: [number, string][] }[];
  }>('query', {
    query: name === 'honored' ? of.replace('job="honored"', 'job=~"|honored"') : of,
    time: String(NOW / 1000 + 3600),
  });
  const samples = result.map(({ metric, values: [[at, value] = [0, '']] }) => {
    const time = isOwnTime(at * 1000) ? ` @${Math.round(at * 1000)}` : '';
    return [keyOf(metric), Number(value.replace('Inf', 'Infinity')) + time] as const;
  });
  return Object.fromEntries(samples.sort());
}

/** Times of scrapes are those at which this test runs. */
function isOwnTime(at: number): boolean {
  return at < NOW - 20_000 || at > NOW + 30_000;
}

function keyOf(metric: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(metric).sort());
}

/** What ours makes of the same page. */
async function ofOurs(name: string): Promise<Outcome> {
  const job = PAGES[name]?.job ?? {};
  const limit = (key: string) => Number.parseInt(String(job[key] ?? 0), 10);
  const labels = { instance: `127.0.0.1:${portOf(server)}`, job: name };
  const url = `http://127.0.0.1:${portOf(server)}/${name}`;
  const scraper = new TargetScraper(
    name,
    { labels, url, discoveredLabels: {}, interval: 60_000, timeout: 30_000 },
    options({
      fallbackProtocol: 'PrometheusText0.0.4',
      nameValidation: 'legacy',
      honorLabels: job.honor_labels === true,
      honorTimestamps: job.honor_timestamps !== false,
      limits: {
        bodySize: limit('body_size_limit'),
        samples: limit('sample_limit'),
        labels: limit('label_limit'),
        labelNameLength: limit('label_name_length_limit'),
        labelValueLength: limit('label_value_length_limit'),
      },
    }),
  );
  const { scrape, outcome } = await scraper.scrape(NOW);
  scraper.close();
  return { health: outcome.error === '' ? 'up' : 'down', error: outcome.error, samples: stored(scrape) };
}

/** As the store keeps a scrape: what is too far in the future is left out. */
function stored({ parts }: Scrape): Record<string, string> {
  const samples = parts.flatMap(({ layout, values, timestamps, keepsNaN }) =>
    [...(layout?.series ?? [])].flatMap((flat, i) => {
      const value = values[i] as number;
      const time = timestamps?.[i] ?? Number.NaN;
      if ((Number.isNaN(value) && !keepsNaN) || time > NOW + 600_000) return [];
      const metric = Object.fromEntries(
        flat.flatMap((text, at) => (at % 2 === 0 ? [[text, flat[at + 1] as string]] : [])),
      );
      if (metric.__name__ === 'scrape_duration_seconds') return [];
      return [[keyOf(metric), value + (Number.isNaN(time) ? '' : ` @${time}`)] as const];
    }),
  );
  return Object.fromEntries(samples.sort());
}

/** A mistake without what only one of the two says of it. */
function comparable(name: string, { error, samples, ...rest }: Outcome): Outcome {
  const reason = error
    .replace(/ while parsing: .*$/s, '')
    .replace(/(, got| \+Inf$|: "\\").*$/s, '')
    .replace(/^Get "[^"]+": /, '')
    .replace('unit "seconds" not', 'unit not')
    .replace(/^"INVALID" .*is not a valid start token$/, 'expected a valid start token');
  const counted = Object.entries(samples).filter(
    ([series]) => !(COUNTED_OTHERWISE.includes(name) && series.includes('scrape_series_added')),
  );
  return { ...rest, error: OTHER_WORDS[name] ?? reason, samples: Object.fromEntries(counted) };
}

/** Prometheus 2.42 has other words for these. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  not_compressed: 'not gzip',
  labels_only: 'no name',
  exemplar_without_value: 'no value of the exemplar',
};
/** It counts a series twice that is written in two ways; ours counts one whose samples are too far in the future. */
const COUNTED_OTHERWISE = ['same_otherwise', 'far_times'];

test.each(Object.keys(PAGES))('%s', async name => {
  const [theirs, ours] = [await ofPrometheus(name), await ofOurs(name)];
  expect(theirs.error === '').toBe(ours.error === '');
  expect(comparable(name, ours)).toEqual(comparable(name, theirs));
});
