// What a receiver is sent when alerts of a group fire, are muted, end and come back: by the embedded Alertmanager, by the
// embedded one that restarts after every step, and by a real Alertmanager. Each row is a group of its own; steps are at
// least one group_interval apart.
//
// The one intended difference: an alert that was reported as firing and ends while it is muted is reported as resolved. A
// real Alertmanager leaves the incident open.

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { parseMatchers } from '../../src/notify/matchers/parse.js';
import { openWorld, type World } from '../support/alerting.js';
import { type AlertmanagerServer, startAlertmanager } from '../support/alertmanager.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type Endpoint, startEndpoint } from '../support/endpoint.js';

const PATIENCE = { timeout: 20_000, interval: 20 };
const INTERVAL = 400;
const HOUR = 3_600_000;

interface Row {
  readonly name: string;
  /** `fire x`, `end x`, `silence x`, `unsilence x`, `inhibit x`, `uninhibit x`; those of one step happen at once. */
  readonly steps: readonly string[];
  /** All messages: `firing x, resolved y`. */
  readonly want: readonly string[];
  /** What a real Alertmanager sends where that is something else. */
  readonly theirs?: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'silenced, another ends, unsilenced while it fires',
    steps: ['fire x, fire y', 'silence x', 'end y', 'unsilence x'],
    want: ['firing x, firing y', 'resolved y', 'firing x'],
  },
  {
    name: 'inhibited, another ends, no longer inhibited while it fires',
    steps: ['fire x, fire y', 'inhibit x', 'end y', 'uninhibit x'],
    want: ['firing x, firing y', 'resolved y', 'firing x'],
  },
  {
    name: 'left out of a message of others, then unsilenced',
    steps: ['fire x, fire y', 'silence x', 'fire z', 'unsilence x'],
    want: ['firing x, firing y', 'firing y, firing z', 'firing x, firing y, firing z'],
  },
  {
    name: 'muted in two ways one after the other',
    steps: ['fire x, fire y', 'silence x', 'end y', 'inhibit x, unsilence x', 'uninhibit x'],
    want: ['firing x, firing y', 'resolved y', 'firing x'],
  },
  {
    name: 'no message meanwhile: nothing changed for the receiver',
    steps: ['fire x, fire y', 'silence x', 'unsilence x'],
    want: ['firing x, firing y'],
  },
  {
    name: 'the only one, silenced and unsilenced',
    steps: ['fire x', 'silence x', 'unsilence x', 'end x'],
    want: ['firing x', 'resolved x'],
  },
  {
    name: 'never sent before it was silenced, and over by then',
    steps: ['silence x', 'fire x', 'end x', 'unsilence x'],
    want: [],
  },
  {
    name: 'never sent before it was silenced, still there then',
    steps: ['silence x', 'fire x', 'unsilence x', 'end x'],
    want: ['firing x', 'resolved x'],
  },
  {
    name: 'ends while it is silenced',
    steps: ['fire x', 'silence x', 'end x', 'unsilence x'],
    want: ['firing x', 'resolved x'],
    theirs: ['firing x'],
  },
  {
    name: 'ends while it is silenced and was left out of a message',
    steps: ['fire x, fire y', 'silence x', 'end y', 'end x', 'unsilence x'],
    want: ['firing x, firing y', 'resolved y', 'resolved x'],
    theirs: ['firing x, firing y', 'resolved y'],
  },
  {
    name: 'ends while it is silenced and another still fires',
    steps: ['fire x, fire y', 'silence x', 'fire z', 'end x', 'unsilence x'],
    want: ['firing x, firing y', 'firing y, firing z', 'resolved x, firing y, firing z'],
    theirs: ['firing x, firing y', 'firing y, firing z'],
  },
  {
    name: 'all silenced, one ends, then unsilenced',
    steps: ['fire x, fire y', 'silence x, silence y', 'end y', 'unsilence x, unsilence y'],
    want: ['firing x, firing y', 'resolved y', 'firing x'],
    theirs: ['firing x, firing y'],
  },
  {
    name: 'comes back after it ended silenced',
    steps: ['fire x', 'silence x', 'end x', 'fire x', 'unsilence x', 'end x'],
    want: ['firing x', 'resolved x', 'firing x', 'resolved x'],
    // Theirs knows of no end: to the receiver it is the first incident.
    theirs: ['firing x', 'resolved x'],
  },
  {
    name: 'unsilenced, then ends',
    steps: ['fire x, fire y', 'silence x', 'end y', 'unsilence x', 'end x'],
    want: ['firing x, firing y', 'resolved y', 'firing x', 'resolved x'],
  },
  {
    name: 'an end is listed once',
    steps: ['fire x, fire y', 'end y', 'end y', 'fire z', 'end z'],
    want: ['firing x, firing y', 'firing x, resolved y', 'firing x, firing z', 'firing x, resolved z'],
  },
  {
    name: 'an end that is said again goes into no other message',
    steps: ['fire x, fire y', 'end y', 'end y, fire z'],
    want: ['firing x, firing y', 'firing x, resolved y', 'firing x, firing z'],
    theirs: ['firing x, firing y', 'firing x, resolved y', 'firing x, resolved y, firing z'],
  },
];

interface Sent {
  readonly labels: Record<string, string>;
  readonly endsAt: number;
}

/** One who takes alerts and silences and sends messages. */
interface Lane {
  readonly endpoint: Endpoint;
  /** Several at once, so that a group has all of them when it has its turn. */
  send(alerts: readonly Sent[]): Promise<void>;
  silence(group: string, id: string): Promise<string>;
  unsilence(silence: string): Promise<void>;
  /** After a step. @param firing what still fires: as the rules would say it again */
  step(firing: Iterable<readonly [group: string, id: string, role: string]>): Promise<void>;
  close(): Promise<void>;
}

const labelsOf = (g: string, i: string, role: string) => ({ alertname: 'Q', g, i, role });

function configurationOf(url: string): string {
  return `
route:
  receiver: ops
  group_by: [g]
  group_wait: 200ms
  group_interval: ${INTERVAL}ms
  repeat_interval: 1h
  routes: [{ receiver: none, matchers: [role="source"] }]
receivers:
  - name: ops
    webhook_configs: [{ url: "${url}/" }]
  - name: none
inhibit_rules: [{ source_matchers: [role="source"], target_matchers: [role="target"], equal: [g, i] }]
`;
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

  async silence(group: string, id: string): Promise<string> {
    const matchers = [
      { name: 'g', value: group, isRegex: false },
      { name: 'i', value: id, isRegex: false },
    ];
    const [startsAt, endsAt] = [new Date().toISOString(), new Date(Date.now() + HOUR).toISOString()];
    const wanted = { matchers, startsAt, endsAt, createdBy: 'ann', comment: 'c' };
    return (await this.#server.post<{ silenceID: string }>('silences', wanted)).silenceID;
  }

  async unsilence(silence: string): Promise<void> {
    await fetch(`${this.#server.url}/api/v2/silence/${silence}`, { method: 'DELETE' });
  }

  async step(): Promise<void> {}

  async close(): Promise<void> {
    await this.#server.close();
  }
}

class Embedded implements Lane {
  readonly endpoint: Endpoint;
  readonly #folder = makeFolder('transitions');
  readonly #restarts: boolean;
  #world: World | undefined;

  constructor(endpoint: Endpoint, restarts: boolean) {
    this.endpoint = endpoint;
    this.#restarts = restarts;
  }

  async open(): Promise<this> {
    this.#world = await openWorld({
      folder: this.#folder,
      alertmanager: configurationOf(this.endpoint.url),
    });
    return this;
  }

  get #alerting() {
    return (this.#world as World).alerting;
  }

  async send(alerts: readonly Sent[]): Promise<void> {
    const own = alerts.map(({ labels, endsAt }) => ({ labels: Labels.of(labels), endsAt }));
    const all = own.map(alert => ({ ...alert, annotations: {}, generatorUrl: '' }));
    this.#alerting.alerts.put(all, Date.now());
  }

  async silence(group: string, id: string): Promise<string> {
    const matchers = parseMatchers(`{g="${group}",i="${id}"}`);
    const wanted = {
      matchers,
      startsAt: Date.now(),
      endsAt: Date.now() + HOUR,
      createdBy: 'ann',
      comment: 'c',
    };
    return this.#alerting.silences.set(wanted, Date.now()).id;
  }

  async unsilence(silence: string): Promise<void> {
    this.#alerting.silences.expire(silence, Date.now());
  }

  async step(firing: Iterable<readonly [string, string, string]>): Promise<void> {
    if (!this.#restarts) return;
    await this.#world?.close();
    await this.open();
    const all = [...firing].map(([group, id, role]) => labelsOf(group, id, role));
    await this.send(all.map(labels => ({ labels, endsAt: Date.now() + HOUR })));
  }

  async close(): Promise<void> {
    await this.#world?.close();
    removeFolder(this.#folder);
  }
}

const BEACON = 'beacon';
let lanes: readonly Lane[] = [];
/** Silences by lane, row and alert. */
const silences = new Map<string, string>();

beforeAll(async () => {
  const [first, second, third] = await Promise.all([startEndpoint(), startEndpoint(), startEndpoint()]);
  lanes = [
    new Real(third, await startAlertmanager(configurationOf(third.url))),
    await new Embedded(first, false).open(),
    await new Embedded(second, true).open(),
  ];
  await Promise.all(lanes.map(run));
}, 120_000);

afterAll(async () => {
  await Promise.all(lanes.map(lane => lane.close()));
  await Promise.all(lanes.map(({ endpoint }) => endpoint.close()));
});

async function run(lane: Lane): Promise<void> {
  const firing = new Map<string, readonly [string, string, string]>();
  for (let i = 0; i < Math.max(...rows.map(({ steps }) => steps.length)); i++) {
    const acts = [...rows.entries()].flatMap(([row, { steps }]) =>
      (steps[i]?.split(', ') ?? []).map(what => [String(row), what] as const),
    );
    const alerts = [...acts, [BEACON, `fire step${i}`] as const].flatMap(([row, what]) =>
      alertOf(row, what, firing),
    );
    await lane.send(alerts);
    for (const [row, what] of acts) await mute(lane, row, what);
    await vi.waitFor(() => expect(sentTo(lane, BEACON).join()).toContain(`step${i}`), PATIENCE);
    // Every group has had its turn, and two.
    await delay(2 * INTERVAL);
    await lane.step(firing.values());
  }
}

/** The alert of an act; none of one about a silence. */
function alertOf(
  group: string,
  what: string,
  firing: Map<string, readonly [string, string, string]>,
): Sent[] {
  const [verb = '', id = ''] = what.split(' ');
  if (verb.endsWith('silence')) return [];
  const role = verb.endsWith('inhibit') ? 'source' : 'target';
  const begins = verb === 'fire' || verb === 'inhibit';
  if (begins) firing.set(`${group} ${id} ${role}`, [group, id, role]);
  else firing.delete(`${group} ${id} ${role}`);
  return [{ labels: labelsOf(group, id, role), endsAt: begins ? Date.now() + HOUR : Date.now() - 1 }];
}

async function mute(lane: Lane, group: string, what: string): Promise<void> {
  const [verb, id = ''] = what.split(' ');
  const key = `${lanes.indexOf(lane)} ${group} ${id}`;
  if (verb === 'silence') silences.set(key, await lane.silence(group, id));
  else if (verb === 'unsilence') await lane.unsilence(silences.get(key) as string);
}

interface Message {
  readonly groupLabels: { readonly g: string };
  readonly alerts: readonly { readonly status: string; readonly labels: { readonly i: string } }[];
}

function sentTo({ endpoint }: Lane, group: string): string[] {
  return endpoint.requests
    .map(({ body }) => JSON.parse(body) as Message)
    .filter(({ groupLabels }) => groupLabels.g === group)
    .map(({ alerts }) => alerts.map(({ status, labels }) => `${status} ${labels.i}`).join(', '));
}

test.each(rows.map((row, i) => [row.name, row, i] as const))('%s', (_, { want, theirs = want }, i) => {
  const [real, embedded, restarting] = lanes.map(lane => sentTo(lane, String(i)));
  expect({ real, embedded, restarting }).toEqual({ real: theirs, embedded: want, restarting: want });
});
