// Alertmanagers side by side: the embedded one, the embedded one that restarts after every step, and a real one, each with
// an endpoint that its messages go to. Alerts have a group `g`, an id `i` and a role: `source` inhibits the `target` of the
// same group and id.

import { setTimeout as delay } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { parseMatchers } from '../../src/alertmanager/matchers/parse.js';
import { Labels } from '../../src/model/labels.js';
import { openWorld, type World } from './alerting.js';
import { type AlertmanagerServer, startAlertmanager } from './alertmanager.js';
import { makeFolder, removeFolder } from './child.js';
import { type Endpoint, startEndpoint } from './endpoint.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
/** `group_interval` of all groups. */
const INTERVAL = 400;
const HOUR = 3_600_000;

interface Sent {
  readonly labels: Record<string, string>;
  readonly endsAt: number;
}

/** One who takes alerts and silences and sends messages. */
export interface Lane {
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
    this.#alerting.alerts.upsert(all, Date.now());
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

/** Opens the three: real, embedded, restarting. The caller must close them. */
export async function openLanes(): Promise<readonly Lane[]> {
  const [first, second, third] = await Promise.all([startEndpoint(), startEndpoint(), startEndpoint()]);
  return [
    new Real(third, await startAlertmanager(configurationOf(third.url))),
    await new Embedded(first, false).open(),
    await new Embedded(second, true).open(),
  ];
}

export async function closeLanes(lanes: readonly Lane[]): Promise<void> {
  await Promise.all(lanes.map(lane => lane.close()));
  await Promise.all(lanes.map(({ endpoint }) => endpoint.close()));
}

/**
 * Runs timelines beside each other, each a group named by its number: steps of `fire x`, `end x`, `silence x`, `unsilence x`,
 * `inhibit x` and `uninhibit x`. Those of one step happen at once; every group has its turn between two steps.
 */
export async function run(lane: Lane, timelines: readonly (readonly string[])[]): Promise<void> {
  const silences = new Map<string, string>();
  const firing = new Map<string, readonly [string, string, string]>();
  for (let i = 0; i < Math.max(...timelines.map(steps => steps.length)); i++) {
    const acts = [...timelines.entries()].flatMap(([row, steps]) =>
      (steps[i]?.split(', ') ?? []).map(what => [String(row), what] as const),
    );
    const alerts = [...acts, [BEACON, `fire step${i}`] as const].flatMap(([row, what]) =>
      alertOf(row, what, firing),
    );
    await lane.send(alerts);
    for (const [row, what] of acts) await mute(lane, row, what, silences);
    const isSent = (id: string) =>
      vi.waitFor(() => expect(sentTo(lane, BEACON).join()).toContain(id), PATIENCE);
    await isSent(`step${i}`);
    // Every group has had its turn, and two, however late on a busy machine.
    await delay(INTERVAL);
    await lane.send(alertOf(BEACON, `fire later${i}`, firing));
    await isSent(`later${i}`);
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

async function mute(lane: Lane, group: string, what: string, silences: Map<string, string>): Promise<void> {
  const [verb, id = ''] = what.split(' ');
  const key = `${group} ${id}`;
  if (verb === 'silence') silences.set(key, await lane.silence(group, id));
  else if (verb === 'unsilence') await lane.unsilence(silences.get(key) as string);
}

interface Message {
  readonly groupLabels: { readonly g: string };
  readonly alerts: readonly { readonly status: string; readonly labels: { readonly i: string } }[];
}

/** The messages about a group: `firing x, resolved y`. */
export function sentTo({ endpoint }: Lane, group: string): string[] {
  return endpoint.requests
    .map(({ body }) => JSON.parse(body) as Message)
    .filter(({ groupLabels }) => groupLabels.g === group)
    .map(({ alerts }) => alerts.map(({ status, labels }) => `${status} ${labels.i}`).join(', '));
}
