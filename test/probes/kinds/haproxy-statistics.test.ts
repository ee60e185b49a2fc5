import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { csvUrl } from '../../../src/probes/kinds/haproxy/address.js';
import {
  checkState,
  proxyState,
  SERVER_STATES,
  serverState,
} from '../../../src/probes/kinds/haproxy/states.js';
import { Statistics } from '../../../src/probes/kinds/haproxy/statistics.js';
import { ProbeFailure } from '../../../src/probes/probe.js';
import { RecordingAttempt } from './recording.js';

const real = readFileSync(new URL('../../demo/haproxy-2.6.csv', import.meta.url), 'utf8');

function read(text: string, statistics = new Statistics(parse)) {
  const attempt = new RecordingAttempt(1000);
  let failure: string | undefined;
  let backends: ReturnType<Statistics['record']>;
  try {
    backends = statistics.record(text, attempt);
  } catch (error) {
    if (!(error instanceof ProbeFailure)) throw error;
    failure = `${error.reason}: ${error.message}`;
  }
  return { samples: attempt.samples, measuredSamples: attempt.measuredSamples, backends, failure };
}

describe('the URL of the CSV', () => {
  const cases: readonly [given: string, want: string][] = [
    ['http://h:9000/haproxy_stats', 'http://h:9000/haproxy_stats;csv'],
    ['http://h:9000/haproxy_stats;csv', 'http://h:9000/haproxy_stats;csv'],
    ['http://h:9000/haproxy_stats/', 'http://h:9000/haproxy_stats/;csv'],
    ['http://h:9000/haproxy_stats;norefresh', 'http://h:9000/haproxy_stats;norefresh;csv'],
    ['http://h:9000/haproxy_stats;csv;norefresh', 'http://h:9000/haproxy_stats;norefresh;csv'],
    ['http://h:9000/haproxy_stats;json', 'http://h:9000/haproxy_stats;csv'],
    ['http://h:9000/haproxy_stats#llm', 'http://h:9000/haproxy_stats;csv'],
    ['http://h:9000/haproxy?stats', 'http://h:9000/haproxy?stats;csv'],
    ['http://h:9000/haproxy?stats;csv', 'http://h:9000/haproxy?stats;csv'],
    ['https://h', 'https://h/;csv'],
  ];
  test.each(cases)('%s', (given, want) => expect(csvUrl(given)).toBe(want));
});

describe('states', () => {
  const servers: readonly [text: string, want: string | undefined][] = [
    ['UP', 'UP'],
    ['UP 2/3', 'UP'],
    ['no check', 'UP'],
    ['DOWN', 'DOWN'],
    ['DOWN 1/2', 'DOWN'],
    ['DOWN (agent)', 'DOWN'],
    ['NOLB 1/3', 'NOLB'],
    ['DRAIN (agent)', 'DRAIN'],
    ['MAINT (via llm/jetson)', 'MAINT'],
    ['MAINT (resolution)', 'MAINT'],
    ['', undefined],
    ['whatever', undefined],
  ];
  test.each(servers)('server %s', (text, want) => expect(SERVER_STATES[serverState(text)]).toBe(want));

  const proxies: readonly [text: string, want: number][] = [
    ['OPEN', 1],
    ['UP', 1],
    ['FULL', 1],
    ['STOP', 0],
    ['PAUSED', 0],
    ['DOWN', 0],
    ['', -1],
  ];
  test.each(proxies)('proxy %s', (text, want) => expect(proxyState(text)).toBe(want));

  test('a check under way counts as its last result', () =>
    expect(checkState('* L7OK')).toBe(checkState('L7OK')));
  test('a check without a result is in no state', () => expect(checkState('INI')).toBe(-1));
});

describe('the page', () => {
  test('of a real HAProxy, in promex names', () => {
    const { measuredSamples, backends, failure } = read(real);
    expect(failure).toBeUndefined();
    const want: readonly [series: string, value: number | undefined][] = [
      ['haproxy_frontend_sessions_total{proxy="api"}', 8],
      ['haproxy_frontend_limit_sessions{proxy="api"}', 1000],
      ['haproxy_frontend_status{proxy="api",state="UP"}', 1],
      ['haproxy_frontend_http_responses_total{proxy="api",code="5xx"}', 4],
      ['haproxy_server_status{proxy="tools",server="tools",state="DOWN"}', 1],
      ['haproxy_server_status{proxy="tools",server="tools",state="UP"}', 0],
      ['haproxy_server_check_status{proxy="tools",server="tools",state="L4CON"}', 1],
      ['haproxy_server_check_code{proxy="llm",server="cpu_llama"}', 200],
      ['haproxy_backend_status{proxy="tools",state="DOWN"}', 1],
      ['haproxy_backend_agg_server_status{proxy="llm",state="UP"}', 2],
      ['haproxy_backend_agg_server_check_status{proxy="tools",state="DOWN"}', 1],
      ['haproxy_backend_agg_check_status{proxy="tools",state="L4CON"}', 1],
      ['haproxy_backend_agg_check_status{proxy="tools",state="L7OK"}', 0],
      ['haproxy_backend_response_time_average_seconds{proxy="llm"}', 0],
      // A blank cell is nothing, not 0.
      ['haproxy_server_limit_sessions{proxy="llm",server="cpu_llama"}', undefined],
      ['haproxy_server_current_throttle{proxy="llm",server="cpu_llama"}', undefined],
    ];
    for (const [series, value] of want)
      expect([series, measuredSamples.get(series)]).toEqual([series, value]);
    expect(Object.keys(backends ?? {})).toEqual(['llm', 'embeddings', 'tools']);
    expect(backends?.tools).toEqual({
      status: 'DOWN',
      total_sessions: 4,
      current_sessions: 0,
      response_time: 0,
      queue_length: 0,
    });
  });

  const head = '# pxname,svname,type,status,rtime,check_status,last_chk,scur,stot,qcur,';
  const server = (name: string, ...cells: string[]) => `llm,${name},2,${cells.join(',')},`;
  const backend = 'llm,BACKEND,1,UP,250,,,3,12,1,';

  const pages: readonly [name: string, text: string, want: Record<string, number | undefined>][] = [
    [
      'milliseconds become seconds',
      page(backend),
      { 'haproxy_backend_response_time_average_seconds{proxy="llm"}': 0.25 },
    ],
    [
      'a comma in quotes',
      page(server('a', 'UP', '10', 'L7OK', '"OK, really"', '7', '1', '0')),
      { 'haproxy_server_current_sessions{proxy="llm",server="a"}': 7 },
    ],
    [
      'a quote in quotes',
      page(server('a', 'UP', '10', 'L7OK', '"said ""yes"""', '7', '1', '0')),
      { 'haproxy_server_current_sessions{proxy="llm",server="a"}': 7 },
    ],
    [
      'a line break in quotes, and the row after it',
      page(server('a', 'UP', '10', 'L7OK', '"one\ntwo, three\n"', '7', '1', '0'), backend),
      {
        'haproxy_server_current_sessions{proxy="llm",server="a"}': 7,
        'haproxy_backend_current_sessions{proxy="llm"}': 3,
        'haproxy_backend_agg_server_status{proxy="llm",state="UP"}': 1,
      },
    ],
    ['CRLF', page(backend).replaceAll('\n', '\r\n'), { 'haproxy_backend_sessions_total{proxy="llm"}': 12 }],
    [
      'no line break at the end',
      page(backend).trimEnd(),
      { 'haproxy_backend_sessions_total{proxy="llm"}': 12 },
    ],
    [
      'other columns in another order',
      '# pxname,svname,stot,new_column,type\nllm,BACKEND,12,5,1\n',
      {
        'haproxy_backend_sessions_total{proxy="llm"}': 12,
        'haproxy_backend_current_queue{proxy="llm"}': undefined,
      },
    ],
    [
      'columns of a newer HAProxy',
      '# pxname,svname,type,priv_idle_cur,reqbin,act\nllm,a,2,4,1000,1\n',
      {
        'haproxy_server_private_idle_connections_current{proxy="llm",server="a"}': 4,
        'haproxy_server_req_bytes_in_total{proxy="llm",server="a"}': 1000,
        'haproxy_server_active{proxy="llm",server="a"}': 1,
      },
    ],
    [
      'a row that comes twice counts once',
      page(backend, backend.replace('250', '999')),
      { 'haproxy_backend_response_time_average_seconds{proxy="llm"}': 0.25 },
    ],
    [
      'words where numbers should be',
      page('llm,BACKEND,1,UP,soon,,,many,12,1,'),
      {
        'haproxy_backend_response_time_average_seconds{proxy="llm"}': undefined,
        'haproxy_backend_sessions_total{proxy="llm"}': 12,
      },
    ],
    [
      'a row that breaks off',
      page('llm,BACKEND,1,UP,250'),
      { 'haproxy_backend_response_time_average_seconds{proxy="llm"}': 0.25 },
    ],
    ['listeners and unknown rows', page('llm,sock-1,3,OPEN,,,,,,,', 'x,y,,,,,,,,,', 'x', ''), {}],
    [
      'a server that is not checked has no check status',
      page(server('a', 'no check', '', '', '', '0', '0', '0')),
      {
        'haproxy_server_status{proxy="llm",server="a",state="UP"}': 1,
        'haproxy_server_check_status{proxy="llm",server="a",state="L7OK"}': undefined,
      },
    ],
    ['no rows', `${head}\n\n`, {}],
    ['the header alone', head, {}],
  ];
  function page(...lines: string[]): string {
    return `${head}\n${lines.join('\n')}\n\n`;
  }

  test.each(pages)('%s', (_, text, want) => {
    const { measuredSamples, failure } = read(text);
    expect(failure).toBeUndefined();
    for (const [series, value] of Object.entries(want))
      expect([series, measuredSamples.get(series)]).toEqual([series, value]);
    if (Object.keys(want).length === 0) expect(measuredSamples.size).toBe(0);
  });

  const strangers = [
    '',
    '<html>',
    '{"status": "ok"}',
    'pxname,svname,type\n',
    '# pxname',
    '# HELP up Up\n',
    '\0\0\0',
  ];
  test.each(strangers)('%j is no statistics', text => {
    expect(read(text)).toMatchObject({ backends: undefined, failure: undefined });
  });

  test('malformed: says so and keeps what came before', () => {
    const { measuredSamples, failure } = read(`${page(backend)}llm,a,2,"UP,,,,,,,\n`);
    expect(failure).toMatch(/^body: HAProxy statistics are not valid CSV: Quote Not Closed/);
    expect(measuredSamples.get('haproxy_backend_sessions_total{proxy="llm"}')).toBe(12);
  });

  test('a page that ends within a record: a half number is none', () => {
    const { measuredSamples, failure } = read(
      page(server('a', 'UP', '10', 'L7OK', '', '7', '1', '0'), backend).slice(0, -9),
    );
    expect(failure).toBe('body: HAProxy statistics are not valid CSV: the last line is cut off');
    expect(measuredSamples.get('haproxy_server_current_sessions{proxy="llm",server="a"}')).toBe(7);
    expect(measuredSamples.has('haproxy_backend_sessions_total{proxy="llm"}')).toBe(false);
  });

  test('a steady page names its series by the very same objects, a removed row goes', () => {
    const statistics = new Statistics(parse);
    const seen: (readonly string[])[][] = [[], [], []];
    const text = page(server('a', 'UP', '1', 'L7OK', '', '0', '0', '0'), backend);
    for (const [i, input] of [text, text, page(backend)].entries()) {
      const attempt = new RecordingAttempt(1000);
      const record = attempt.record.bind(attempt);
      attempt.record = (family, labels, value) => {
        seen[i]?.push(labels);
        record(family, labels, value);
      };
      statistics.record(input, attempt);
    }
    expect(seen[1]?.length).toBeGreaterThan(0);
    expect(seen[1]?.every((labels, i) => labels === seen[0]?.[i])).toBe(true);
    expect(seen[2]?.some(labels => labels.includes('a'))).toBe(false);
  });
});

describe('a page with more samples than there is room for', () => {
  const lines = real.trimEnd().split('\n');
  const head = lines[0] as string;
  const proxies = lines.slice(1).filter(line => line.startsWith('llm,'));
  const ofBackend = proxies.find(line => line.startsWith('llm,BACKEND')) as string;
  const ofServer = proxies.find(line => !/^llm,(?:BACKEND|FRONTEND)/.test(line)) as string;
  const SERVERS = 20;
  const names = Array.from({ length: SERVERS }, (_, i) => `s${i}`);
  const text = `${[head, ...names.map(name => ofServer.replace(/^llm,[^,]*/, `llm,${name}`)), ofBackend].join('\n')}\n\n`;

  function readWithin(room: number | undefined) {
    const attempt = new RecordingAttempt(1000);
    let leftOut = 0;
    attempt.dropSamples = samples => {
      leftOut += samples;
    };
    const backends = new Statistics(parse).record(text, attempt, room);
    const of = (name: string) => [...attempt.samples.keys()].filter(each => each.startsWith(name));
    return {
      backends,
      samples: attempt.samples,
      size: attempt.samples.size,
      leftOut,
      full: of('haproxy_server_current_sessions').length,
      known: of('haproxy_server_status').length / SERVER_STATES.length,
    };
  }

  const all = readWithin(undefined);
  const ofAll = [...all.samples.keys()];
  const ofProxy = ofAll.filter(name => name.startsWith('haproxy_backend_')).length;
  const each = (all.size - ofProxy) / SERVERS;

  test.each<[name: string, room: number, want: { full: number; known: number }]>([
    ['all fit', all.size, { full: 20, known: 20 }],
    ['one sample too few', all.size - 1, { full: 19, known: 20 }],
    ['the figures of ten', ofProxy + 10 * each + 10 * 5, { full: 10, known: 20 }],
    ['the status of all', ofProxy + 20 * 5, { full: 0, known: 20 }],
    ['the status of some', ofProxy + 7 * 5 + 4, { full: 0, known: 7 }],
    ['the backend alone', ofProxy, { full: 0, known: 0 }],
    ['not even the backend', 10, { full: 0, known: 0 }],
    ['nothing', -5, { full: 0, known: 0 }],
  ])('%s', (_, room, want) => {
    const { full, known, size, leftOut, backends, samples } = readWithin(room);
    expect({ full, known }).toEqual(want);
    expect(size).toBeLessThanOrEqual(Math.max(room, 0));
    expect(size + leftOut).toBe(all.size);
    expect(backends).toEqual(all.backends);
    if (room < ofProxy) return;
    const servers = 'haproxy_backend_agg_server_status{proxy="llm",state="UP"}';
    expect(samples.get(servers)).toBe(all.samples.get(servers));
  });
});
