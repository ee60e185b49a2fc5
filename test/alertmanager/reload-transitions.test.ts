// Notifications when the configuration changes while alerts wait, fire, are muted and end: by the embedded
// Alertmanager, by the embedded one that is stopped and started with the other configuration, and by a real Alertmanager.
// Each row has a route and a receiver of its own; steps are at least one group_interval apart.
//
// Intended differences: an alert that was reported as firing and ends while its route is muted is reported as resolved, and
// one that is resolved is in no message of a new group. A real Alertmanager leaves the former open and lists the latter.

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { openWorld, type World } from '../support/alerting.js';
import { type AlertmanagerServer, startAlertmanager } from '../support/alertmanager.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type Endpoint, startEndpoint } from '../support/endpoint.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
const INTERVAL = 400;
const HOUR = 3_600_000;
/** The step at which the configuration changes. */
const RELOAD = 2;

/** A row's part of the configuration, beside the common one. */
interface Part {
  readonly route?: string;
  readonly receiver?: string;
  /** Of the receiver. */
  readonly name?: string;
  readonly matchers?: string;
  readonly inhibit?: boolean;
}

interface Row {
  readonly name: string;
  readonly before?: Part;
  readonly after?: Part;
  /** `fire x`, `end x`; those of one step happen at once. The third is after the change. */
  readonly steps: readonly string[];
  /** All messages: `firing x, resolved y`; those to a receiver of another name begin with it. */
  readonly want: readonly string[];
  /** The messages of a real Alertmanager where they differ. */
  readonly theirs?: readonly string[];
  /** Or these: its new group is flushed while it receives its alerts, in any order. */
  readonly theirsElse?: readonly string[];
  /** Several groups are flushed at once. */
  readonly inAnyOrder?: boolean;
}

const ALWAYS = 'mute_time_intervals: [always]';
const NEVER = 'active_time_intervals: [never]';

const rows: readonly Row[] = [
  {
    name: 'nothing changes',
    steps: ['fire x', 'fire y', '', 'end x', 'end y'],
    want: ['firing x', 'firing x, firing y', 'resolved x, firing y', 'resolved y'],
  },
  {
    name: 'another group_by, finer: other groups, which were sent nothing',
    after: { route: 'group_by: [i]' },
    steps: ['fire x, fire y', '', '', 'end x'],
    want: ['firing x', 'firing x, firing y', 'firing y', 'resolved x'],
    inAnyOrder: true,
  },
  {
    name: 'another group_by, coarser',
    inAnyOrder: true,
    before: { route: 'group_by: [i]' },
    steps: ['fire x, fire y', '', '', 'end x'],
    want: ['firing x', 'firing x, firing y', 'firing y', 'resolved x, firing y'],
  },
  {
    name: 'another group_by, after one has ended',
    after: { route: 'group_by: [g, r]' },
    steps: ['fire x, fire y', 'end x', '', 'end y'],
    want: ['firing x, firing y', 'resolved x, firing y', 'firing y', 'resolved y'],
    theirs: ['firing x, firing y', 'resolved x, firing y', 'resolved x, firing y', 'resolved y'],
    theirsElse: ['firing x, firing y', 'resolved x, firing y', 'firing y', 'resolved y'],
  },
  {
    name: 'other matchers of the route: another route',
    after: { matchers: 'g!="none"' },
    steps: ['fire x', '', '', 'end x'],
    want: ['firing x', 'firing x', 'resolved x'],
  },
  {
    name: 'group_wait is shorter now, and over',
    before: { route: 'group_wait: 1h' },
    steps: ['fire x', '', '', 'end x'],
    want: ['firing x', 'resolved x'],
  },
  {
    name: 'group_wait is as long as before, and not over',
    before: { route: 'group_wait: 1h' },
    after: { route: 'group_wait: 1h' },
    steps: ['fire x', '', '', ''],
    want: [],
  },
  {
    name: 'group_wait is longer now, and what was sent is not sent again',
    after: { route: 'group_wait: 1h' },
    steps: ['fire x', '', '', ''],
    want: ['firing x'],
  },
  {
    name: 'ends while its group waits',
    before: { route: 'group_wait: 1h' },
    steps: ['fire x', 'end x', '', ''],
    want: [],
  },
  {
    name: 'the receiver has another name: it is another receiver',
    after: { name: 'new' },
    steps: ['fire x', '', '', 'end x'],
    want: ['firing x', 'new: firing x', 'new: resolved x'],
  },
  {
    name: 'the receiver has another address: it is the same',
    after: { receiver: 'max_alerts: 5' },
    steps: ['fire x', '', '', 'end x'],
    want: ['firing x', 'resolved x'],
  },
  {
    name: 'without send_resolved ends are not sent, nor is what fires again while another does; what fires after all ended is',
    before: { receiver: 'send_resolved: false' },
    after: { receiver: 'send_resolved: false' },
    steps: ['fire x, fire y', '', '', 'end x', 'fire x', 'end x, end y', 'fire x'],
    want: ['firing x, firing y', 'firing x'],
  },
  {
    name: 'send_resolved is switched off',
    after: { receiver: 'send_resolved: false' },
    steps: ['fire x, fire y', '', '', 'end x'],
    want: ['firing x, firing y'],
  },
  {
    name: 'send_resolved is switched on',
    before: { receiver: 'send_resolved: false' },
    steps: ['fire x, fire y', '', '', 'end x', 'end y'],
    want: ['firing x, firing y', 'resolved x, firing y', 'resolved y'],
  },
  {
    name: 'a mute interval ends while an alert fires',
    before: { route: ALWAYS },
    steps: ['fire x', '', '', 'end x'],
    want: ['firing x', 'resolved x'],
  },
  {
    name: 'a mute interval ends, and one alert ended within it',
    before: { route: ALWAYS },
    steps: ['fire x, fire y', 'end x', '', 'end y'],
    want: ['firing y', 'resolved y'],
    theirs: ['resolved x, firing y', 'resolved y'],
    theirsElse: ['firing y', 'resolved y'],
  },
  {
    name: 'a mute interval begins while an alert fires, and the alert ends within',
    after: { route: ALWAYS },
    steps: ['fire x', '', '', 'end x'],
    want: ['firing x', 'resolved x'],
    theirs: ['firing x'],
  },
  {
    name: 'a mute interval begins while an alert fires, and another comes and goes within',
    after: { route: ALWAYS },
    steps: ['fire x', '', '', 'fire y', 'end y'],
    want: ['firing x'],
  },
  {
    name: 'an active interval begins while an alert fires',
    before: { route: NEVER },
    steps: ['fire x', '', '', 'end x'],
    want: ['firing x', 'resolved x'],
  },
  {
    name: 'an active interval ends while an alert fires, and the alert ends after it',
    after: { route: NEVER },
    steps: ['fire x', '', '', 'end x'],
    want: ['firing x', 'resolved x'],
    theirs: ['firing x'],
  },
  {
    name: 'what inhibits does so no longer',
    before: { inhibit: true },
    steps: ['fire source', 'fire x', '', 'end source', 'end x'],
    want: ['firing source', 'firing source, firing x', 'resolved source, firing x', 'resolved x'],
  },
  {
    name: 'what inhibits begins to, and ends before what it inhibits',
    after: { inhibit: true },
    steps: ['fire source, fire x', '', '', 'end source', 'end x'],
    want: ['firing source, firing x', 'resolved source, firing x', 'resolved x'],
  },
];

function configurationOf(url: string, isAfter: boolean): string {
  const parts = rows.map(({ before = {}, after = {} }) => (isAfter ? after : before));
  const nameOf = (i: number) => `${parts[i]?.name ?? 'r'}${i}`;
  const routes = parts.map(
    ({ route = '', matchers = '' }, i) =>
      `    - { receiver: ${nameOf(i)}, matchers: ['r="${i}"'${matchers && `, '${matchers}'`}], ${route} }`,
  );
  const receivers = parts.map(
    ({ receiver = '' }, i) =>
      `  - { name: ${nameOf(i)}, webhook_configs: [{ url: "${url}/${i}${isAfter ? '/new' : ''}", ${receiver} }] }`,
  );
  const inhibits = parts.flatMap(({ inhibit }, i) =>
    inhibit ? [`  - { source_matchers: [i="source", r="${i}"], target_matchers: [i="x"], equal: [r] }`] : [],
  );
  return `
route:
  receiver: none
  group_by: [r]
  group_wait: 200ms
  group_interval: ${INTERVAL}ms
  repeat_interval: 1h
  routes:
    - { receiver: beacon, matchers: [r="beacon"] }
${routes.join('\n')}
receivers:
  - { name: none }
  - { name: beacon, webhook_configs: [{ url: "${url}/beacon" }] }
${receivers.join('\n')}
inhibit_rules:
${inhibits.join('\n')}
time_intervals:
  - { name: always, time_intervals: [{ times: [{ start_time: "00:00", end_time: "24:00" }] }] }
  - { name: never, time_intervals: [{ years: ['1990'] }] }
`;
}

interface Sent {
  readonly labels: Record<string, string>;
  readonly endsAt: number;
}

/** One of the three that receive alerts and send messages. */
interface Lane {
  readonly endpoint: Endpoint;
  /** Several at once, so that a group has all of them at its flush. */
  send(alerts: readonly Sent[]): Promise<void>;
  /** Applies the second configuration. @param firing alerts that still fire, as the rules would send them again */
  reload(firing: Iterable<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

class Real implements Lane {
  readonly endpoint: Endpoint;
  readonly #server: AlertmanagerServer;

  constructor(endpoint: Endpoint, server: AlertmanagerServer) {
    this.endpoint = endpoint;
    this.#server = server;
  }

  async send(alerts: readonly Sent[]): Promise<void> {
    const dated = alerts.map(({ labels, endsAt }) => ({ labels, endsAt: new Date(endsAt).toISOString() }));
    await this.#server.post('alerts', dated);
  }

  reload(): Promise<void> {
    return this.#server.reload(configurationOf(this.endpoint.url, true));
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

class Embedded implements Lane {
  readonly endpoint: Endpoint;
  readonly #folder = makeFolder('reload');
  readonly #restarts: boolean;
  #world: World | undefined;

  constructor(endpoint: Endpoint, restarts: boolean) {
    this.endpoint = endpoint;
    this.#restarts = restarts;
  }

  async open(isAfter = false): Promise<this> {
    const alertmanager = configurationOf(this.endpoint.url, isAfter);
    this.#world = await openWorld({ folder: this.#folder, alertmanager });
    return this;
  }

  async send(alerts: readonly Sent[]): Promise<void> {
    const own = alerts.map(({ labels, endsAt }) => ({ labels: Labels.of(labels), endsAt }));
    this.#world?.send(...own.map(alert => ({ ...alert, annotations: {}, generatorUrl: '' })));
  }

  async reload(firing: Iterable<Record<string, string>>): Promise<void> {
    if (!this.#restarts) return this.#world?.reconfigure(configurationOf(this.endpoint.url, true));
    await this.#world?.close();
    await this.open(true);
    await this.send([...firing].map(labels => ({ labels, endsAt: Date.now() + HOUR })));
  }

  async close(): Promise<void> {
    await this.#world?.close();
    removeFolder(this.#folder);
  }
}

let lanes: readonly Lane[] = [];

beforeAll(async () => {
  const [first, second, third] = await Promise.all([startEndpoint(), startEndpoint(), startEndpoint()]);
  lanes = [
    new Real(third, await startAlertmanager(configurationOf(third.url, false))),
    await new Embedded(first, false).open(),
    await new Embedded(second, true).open(),
  ];
  await Promise.all(lanes.map(run));
});

afterAll(async () => {
  await Promise.all(lanes.map(lane => lane.close()));
  await Promise.all(lanes.map(({ endpoint }) => endpoint.close()));
});

async function run(lane: Lane): Promise<void> {
  const firing = new Map<string, Record<string, string>>();
  const steps = Math.max(...rows.map(row => row.steps.length));
  for (let i = 0; i < steps; i++) {
    if (i === RELOAD) await lane.reload(firing.values());
    const acts = rows.flatMap(({ steps }, row) =>
      (steps[i]?.split(', ') ?? []).filter(Boolean).map(what => alertOf(String(row), what, firing)),
    );
    await lane.send([...acts, alertOf('beacon', `fire step${i}`, firing)]);
    const isSent = (id: string) =>
      vi.waitFor(() => expect(sentTo(lane, 'beacon').join()).toContain(id), PATIENCE);
    await isSent(`step${i}`);
    // Every group is flushed at least twice, however late on a busy machine.
    await delay(INTERVAL);
    await lane.send([alertOf('beacon', `fire later${i}`, firing)]);
    await isSent(`later${i}`);
  }
}

function alertOf(row: string, what: string, firing: Map<string, Record<string, string>>): Sent {
  const [verb, id = ''] = what.split(' ');
  const labels = { alertname: 'Q', g: 'g', r: row, i: id };
  if (verb === 'fire') firing.set(`${row} ${id}`, labels);
  else firing.delete(`${row} ${id}`);
  return { labels, endsAt: verb === 'fire' ? Date.now() + HOUR : Date.now() - 1 };
}

interface Message {
  readonly receiver: string;
  readonly alerts: readonly { readonly status: string; readonly labels: { readonly i: string } }[];
}

/** The messages to a row's receiver. */
function sentTo({ endpoint }: Lane, row: string): string[] {
  return endpoint.requests
    .filter(({ path }) => path.split('/')[1] === row)
    .map(({ body }) => JSON.parse(body) as Message)
    .map(({ receiver, alerts }) => {
      const all = alerts.map(({ status, labels }) => `${status} ${labels.i}`).join(', ');
      return receiver.startsWith('new') ? `new: ${all}` : all;
    });
}

test.each(rows.map((row, i) => [row.name, row, i] as const))('%s', (_, row, i) => {
  const { want, theirs = want, theirsElse = theirs, inAnyOrder } = row;
  const [real, embedded, restarting] = lanes
    .map(lane => sentTo(lane, String(i)))
    .map(messages => (inAnyOrder ? messages.sort() : messages));
  expect({ embedded, restarting }).toEqual({ embedded: want, restarting: want });
  expect([theirs, theirsElse]).toContainEqual(real);
});
