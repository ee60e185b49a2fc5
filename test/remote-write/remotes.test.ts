// A store and the queue that sends its samples, with a receiver that fails in every way there is: what it has in the end, what is
// counted, and what the log says.

import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseYamlTree } from '../../src/config/yaml-tree.js';
import { QueueServer } from '../../src/query/thread/queue-server.js';
import { readRemoteWrite } from '../../src/remote-write/config/read.js';
import type { RemoteFigures } from '../../src/remote-write/figures.js';
import { Remotes } from '../../src/remote-write/remotes.js';
import type { SampleStore } from '../../src/tsdb/store.js';
import { bitsOf, Gate, type GateRequest, written, writtenMetadata } from '../support/remote-write.js';
import { fill, scrape, storeFixture } from '../tsdb/store-fixture.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
const fixture = storeFixture();

let gate: Gate;
let remotes: Remotes;
let server: QueueServer;
let figures: Totals;
let logged: string[] = [];
const open: Remotes[] = [];
beforeEach(async () => {
  gate = await new Gate().listen();
  logged = [];
});
afterEach(async () => {
  await Promise.all(open.splice(0).map(each => each.close(0)));
  await gate.close();
  server.close();
});

/** Sums of what was reported. */
class Totals {
  readonly counts: Record<string, number> = {};
  last: RemoteFigures | undefined;

  add(all: readonly RemoteFigures[]): void {
    for (const each of all) {
      this.last = each;
      for (const { kind, result, count } of each.results) this.#add(`${kind} ${result}`, count);
      for (const { reason, count } of each.dropped) this.#add(reason, count);
    }
  }

  #add(key: string, count: number): void {
    this.counts[key] = (this.counts[key] ?? 0) + count;
  }
}

/** A store whose samples are sent to the gate. */
function start(remote: object = {}): SampleStore {
  const configuration = {
    url: gate.url,
    name: 'gate',
    remote_timeout: '300ms',
    metadata_config: { send: false },
    ...remote,
    queue_config: {
      batch_send_deadline: '20ms',
      min_backoff: '10ms',
      max_backoff: '50ms',
      max_samples_per_send: 10,
      ...(remote as { queue_config?: object }).queue_config,
    },
  };
  const { remotes: configs } = readRemoteWrite(parseYamlTree(JSON.stringify([configuration])), 'monitor.yml');
  const store = fixture.open({ onQueued: () => server.stored() });
  server = new QueueServer(store);
  server.setNames(['gate']);
  figures = new Totals();
  const totals = figures;
  remotes = new Remotes(event => {
    if (event.type === 'figures') totals.add(event.remotes);
    else logged.push(`${event.level} ${event.message} ${JSON.stringify(event.fields)}`);
  });
  open.push(remotes);
  const { port1, port2 } = new MessageChannel();
  server.connect(port1);
  remotes.connect(port2);
  remotes.configure(
    configs.map(config => ({ config, text: '' })),
    { cluster: 'lab' },
  );
  return store;
}

const taken = () => gate.requests.filter(({ status }) => status === 204);

/** `name@time` of all samples that requests had, in their order. */
function samplesIn(requests: readonly GateRequest[]): string[] {
  return requests.flatMap(request =>
    written(request).flatMap(({ labels, samples }) =>
      samples.map(([at]) => `${labels.find(([name]) => name === '__name__')?.[1]}@${at}`),
    ),
  );
}

const wanted = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => [
    `a@${(from + i) * 1000}`,
    `b@${(from + i) * 1000}`,
  ]).flat();

/** Every sample came, each once, and those of a series in order. */
async function expectAll(from: number, to: number): Promise<void> {
  await vi.waitFor(() => expect(samplesIn(taken()).sort()).toEqual(wanted(from, to).sort()), PATIENCE);
  const ofA = samplesIn(taken()).filter(each => each.startsWith('a'));
  expect(ofA).toEqual(wanted(from, to).filter(each => each.startsWith('a')));
}

test('requests have the headers of the specification, credentials and external labels', async () => {
  const store = start({
    basic_auth: { username: 'me', password: 'secret' },
    headers: { 'X-Scope-OrgID': 'lab' },
  });
  fill(store, 1, 3);
  await expectAll(1, 3);
  expect(gate.requests[0]?.headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
    'user-agent': 'langgraph-monitor',
    'x-scope-orgid': 'lab',
    authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
  });
  expect(written(gate.requests[0] as GateRequest)[0]?.labels).toEqual([
    ['__name__', 'a'],
    ['cluster', 'lab'],
    ['x', '1'],
  ]);
});

test('2.0 has its own headers', async () => {
  const store = start({ protobuf_message: 'io.prometheus.write.v2.Request' });
  fill(store, 1, 3);
  await expectAll(1, 3);
  expect(gate.requests[0]?.headers).toMatchObject({
    'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'x-prometheus-remote-write-version': '2.0.0',
  });
});

test('2.0 to a receiver that knows 1.0 alone is refused, and the line says what to do', async () => {
  const store = start({ protobuf_message: 'io.prometheus.write.v2.Request' });
  gate.mode = { status: 204 };
  fill(store, 1, 1);
  await vi.waitFor(
    () => expect(logged.join()).toContain('set protobuf_message: prometheus.WriteRequest'),
    PATIENCE,
  );
});

test.each<[name: string, mode: Gate['mode']]>([
  ['5xx', { status: 503, body: 'not now' }],
  ['no answer', 'hang'],
])('a receiver in trouble (%s) gets everything afterwards, in order', async (_, mode) => {
  // Of several shards one may fail once more when another is through.
  const store = start({ queue_config: { max_shards: 1 } });
  fill(store, 1, 2);
  await expectAll(1, 2);
  gate.mode = mode;
  fill(store, 3, 60);
  await vi.waitFor(() => expect(gate.requests.length - taken().length).toBeGreaterThan(2), PATIENCE);
  gate.mode = 'pass';
  await expectAll(1, 60);
  await vi.waitFor(() => {
    remotes.report();
    expect(figures.counts['samples sent']).toBe(120);
  }, PATIENCE);
  expect(figures.counts['samples failed']).toBeUndefined();
  expect(figures.counts['samples retried']).toBeGreaterThan(0);
  const lines = logged.map(each => each.replace(/ \{.*/, ''));
  expect(lines).toEqual([
    'warn Remote write fails; samples wait and are sent again',
    'info Remote write goes on',
  ]);
});

test('a receiver that is not there gets everything once it is', async () => {
  const { port } = gate;
  const store = start();
  await gate.close();
  fill(store, 1, 30);
  await vi.waitFor(() => expect(logged.join()).toContain('connection refused'), PATIENCE);
  gate = await new Gate().listen(port);
  await expectAll(1, 30);
});

test('429 is waited for with retry_on_http_429, as long as the receiver says', async () => {
  const store = start({ queue_config: { retry_on_http_429: true } });
  gate.mode = { status: 429, headers: { 'retry-after': '1' } };
  fill(store, 1, 1);
  await vi.waitFor(() => expect(gate.requests.length).toBeGreaterThan(0), PATIENCE);
  gate.mode = 'pass';
  await expectAll(1, 1);
  const [first, second] = gate.requests as [GateRequest, GateRequest];
  expect(second.at - first.at).toBeGreaterThanOrEqual(990);
});

test.each<[status: number]>([[400], [429], [404]])(
  '%d: what was in the request is dropped, counted and logged in one line; others follow',
  async status => {
    const store = start();
    gate.mode = { status, body: 'no thanks\nmore' };
    fill(store, 1, 5);
    await vi.waitFor(() => {
      remotes.report();
      expect(figures.counts['samples failed']).toBe(10);
    }, PATIENCE);
    gate.mode = 'pass';
    fill(store, 6, 8);
    await expectAll(6, 8);
    expect(logged.length).toBe(1);
    expect(logged[0]).toMatch(
      new RegExp(
        `^error Remote write was refused; what was in it is not sent again .*"err":"HTTP ${status}: no thanks"`,
      ),
    );
  },
);

test('secrets that a receiver repeats are hidden', async () => {
  const store = start({ authorization: { credentials: 'very-secret-1' } });
  gate.mode = { status: 403, body: 'the token very-secret-1 is unknown' };
  fill(store, 1, 1);
  await vi.waitFor(() => expect(logged.length).toBe(1), PATIENCE);
  expect(logged[0]).not.toContain('very-secret-1');
});

test('a process that ends without an acknowledgement sends the same requests again, and what has come since apart', async () => {
  const store = start({ queue_config: { max_shards: 3 } });
  gate.mode = 'hang';
  fill(store, 1, 12);
  await vi.waitFor(() => expect(gate.requests.length).toBeGreaterThanOrEqual(3), PATIENCE);
  await open.pop()?.close(0);
  server.close();
  // The file is opened again as kill -9 would have left it.
  const bodies = () => gate.requests.map(({ body }) => body.toString('base64'));
  const first = new Set(bodies());
  gate.requests.length = 0;
  gate.mode = 'pass';
  const again = start({ queue_config: { max_shards: 2, max_samples_per_send: 7 } });
  fill(again, 13, 14);
  await expectAll(1, 14);
  const repeated = bodies().slice(0, first.size);
  expect(new Set(repeated)).toEqual(first);
});

test('samples that are older than sample_age_limit are dropped and counted', async () => {
  const store = start({ queue_config: { sample_age_limit: '1h' } });
  fill(store, 1, 2);
  const now = Date.now();
  store.append(scrape(now, { 'a x=1': 1, b: 7 }));
  await vi.waitFor(() => {
    remotes.report();
    expect(samplesIn(taken())).toEqual([`a@${now}`, `b@${now}`]);
    expect(figures.counts.too_old).toBe(4);
  }, PATIENCE);
});

test('metadata is sent in requests of its own', async () => {
  start({ metadata_config: { send: true } });
  remotes.setFamilies([{ name: 'up', type: 'gauge', help: 'Whether it is up', unit: '' }]);
  await vi.waitFor(() => expect(taken().length).toBe(1), PATIENCE);
  expect(writtenMetadata(taken()[0] as GateRequest)).toMatchObject([
    { type: 2, metric_family_name: 'up', help: 'Whether it is up' },
  ]);
});

test('while a receiver does not answer, one message with metadata waits', async () => {
  const store = start({ metadata_config: { send: true, send_interval: '1ms' }, remote_timeout: '20s' });
  gate.mode = 'hang';
  const families = [{ name: 'up', type: 'gauge', help: '', unit: '' }];
  remotes.setFamilies(families);
  await vi.waitFor(() => expect(gate.requests.length).toBe(1), PATIENCE);
  remotes.setFamilies(families);
  fill(store, 1, 1);
  await vi.waitFor(() => expect(gate.requests.length).toBe(2), PATIENCE);
  expect(gate.requests.map(request => writtenMetadata(request).length)).toEqual([1, 0]);
});

test('through another port it goes on where it was', async () => {
  const store = start();
  fill(store, 1, 3);
  await expectAll(1, 3);
  const { port1, port2 } = new MessageChannel();
  server.connect(port1);
  remotes.connect(port2);
  fill(store, 4, 6);
  await expectAll(1, 6);
});

const change = (name: string, at: number, value = 1) => ({ labels: { __name__: name, job: 'm' }, at, value });
const deadline = (batch_send_deadline: string) => ({
  queue_config: { batch_send_deadline, max_samples_per_send: 1000 },
});

test('samples that are sent at once do not wait for those of the queue, and have what these have', async () => {
  const store = start({
    ...deadline('1h'),
    write_relabel_configs: [{ source_labels: ['__name__'], regex: 'dropped', action: 'drop' }],
  });
  fill(store, 1, 3);
  remotes.sendUnqueued([change('x', 1000, 5), change('y', 1000, 6), change('dropped', 1000)]);
  remotes.sendUnqueued([change('x', 1001, 7), change('x', 1002, 8)]);
  await vi.waitFor(() => expect(taken()).toHaveLength(2), PATIENCE);
  const labels = (name: string) => [
    ['__name__', name],
    ['cluster', 'lab'],
    ['job', 'm'],
  ];
  expect(
    taken().map(request => written(request).map(({ labels, samples }) => ({ labels, samples }))),
  ).toEqual([
    [
      { labels: labels('x'), samples: [[1000, bitsOf(5)]] },
      { labels: labels('y'), samples: [[1000, bitsOf(6)]] },
    ],
    [
      {
        labels: labels('x'),
        samples: [
          [1001, bitsOf(7)],
          [1002, bitsOf(8)],
        ],
      },
    ],
  ]);
});

test('samples that are sent at once are not sent again', async () => {
  start();
  gate.mode = { status: 503 };
  remotes.sendUnqueued([change('x', 1000)]);
  await vi.waitFor(() => expect(gate.requests).toHaveLength(1), PATIENCE);
  gate.mode = 'pass';
  remotes.sendUnqueued([change('x', 1001)]);
  await vi.waitFor(() => expect(samplesIn(taken())).toEqual(['x@1001']), PATIENCE);
  expect(gate.requests).toHaveLength(2);
});
