// Outages replayed through the shipped rules and the shipped alertmanager.yml with a manual clock: every message that is
// sent, and when. One cause is one message and its resolution, on the first day as on the thirtieth.

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadAlertmanagerConfig } from '../../src/alertmanager/config/load.js';
import { Alerting } from '../../src/alerts/alerting.js';
import { Labels } from '../../src/model/labels.js';
import { systemClock } from '../../src/model/time.js';
import { MemorySource } from '../../src/promql/memory.js';
import { loadRuleFiles } from '../../src/rules/load.js';
import { RuleManager } from '../../src/rules/manager.js';
import { engineQueryFunc } from '../../src/rules/query-func.js';
import { Store } from '../../src/store/store.js';
import { CHECKED } from '../support/alerting.js';
import { ROOT } from './tool.js';

const MINUTE = 60_000;
const INTERVAL = 15_000;
const START = Date.parse('2026-03-01T00:00:00Z');
const DAY = 24 * 60;

const rules = loadRuleFiles(['rules/*.rules.yml'], ROOT);
const alertmanager = loadAlertmanagerConfig(join(ROOT, 'alertmanager.yml'));

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A service that is down from a minute on for some minutes. */
interface Outage {
  readonly target: string;
  readonly from: number;
  readonly lasts: number;
}

const SEVERITIES: Readonly<Record<string, string>> = {
  tools: 'critical',
  haproxy: 'warning',
  llm: 'critical',
};
/** What a service depends on. */
const DEPENDENCIES: Readonly<Record<string, string>> = { llm: 'haproxy' };

/** The samples of a service in a scrape. */
function seriesOf(
  target: string,
  isDown: boolean,
): [name: string, labels: Record<string, string>, value: number][] {
  const severity = SEVERITIES[target] as string;
  return [
    ['langgraph_monitor_service_info', { name: target, kind: 'http', critical: 'true', severity }, 1],
    ['langgraph_monitor_service_up', {}, isDown ? 0 : 1],
    ['langgraph_monitor_service_slow', {}, 0],
    ...(DEPENDENCIES[target] === undefined
      ? []
      : [['langgraph_monitor_service_dependency_info', { depends_on: DEPENDENCIES[target] }, 1] as const]),
    ...(isDown
      ? [
          [
            'langgraph_monitor_service_trouble_info',
            { status: 'error', error: 'Connection refused' },
            1,
          ] as const,
        ]
      : []),
  ].map(([name, labels, value]) => [name as string, labels as Record<string, string>, value as number]);
}

class Replay {
  readonly #source = new MemorySource();
  readonly #shown = new Map<string, readonly Labels[]>();
  #manager: RuleManager;
  readonly #store = new Store({ file: ':memory:', retention: 1e12, log: () => {} });
  #alerting: Alerting;
  readonly #lasts: number;
  /** `MINUTE:SECOND receiver: firing TEXT`. */
  readonly messages: string[] = [];
  /** Texts of alerts that are active while every service is up, without the heartbeat's. */
  readonly shownWhileUp = new Set<string>();

  /** @param days of history before */
  constructor(days: number) {
    this.#lasts = days * DAY;
    this.#manager = this.#makeManager();
    this.#alerting = this.#makeAlerting();
    for (const target of Object.keys(SEVERITIES)) this.#remember(target);
  }

  #makeManager(): RuleManager {
    const limits = { lookback: 300_000, defaultInterval: MINUTE, maxSamples: 1e8, checkpoint: () => {} };
    const manager = new RuleManager({
      externalUrl: 'http://m',
      externalLabels: {},
      interval: INTERVAL,
      // As the store does: the state of an earlier run is looked up.
      history: this.#source,
      queryFunc: engineQueryFunc({ source: this.#source, ...limits }),
      write: (source, at, samples) => this.#show(source, at, samples),
    });
    manager.update(rules);
    return manager;
  }

  #makeAlerting(): Alerting {
    return new Alerting({
      store: this.#store,
      clock: systemClock,
      checked: CHECKED,
      externalUrl: () => 'http://m',
      log: (_, message, fields) => this.#recordNotification(message, fields),
      events: {
        onIntegrations: () => {},
        onAttempt: () => {},
        onNotification: () => {},
        onSuppressed: () => {},
        onMuting: () => {},
        onAction: () => {},
        onSent: () => {},
        onFailed: () => {},
        onDropped: () => {},
      },
    });
  }

  /** Stops the monitor and starts it again on the same store. */
  async #restart(): Promise<void> {
    await this.#alerting.close();
    this.#manager = this.#makeManager();
    this.#alerting = this.#makeAlerting();
    await this.#alerting.configure({ by: 'embedded', config: alertmanager }, []);
  }

  /** A history without an outage: one sample a minute of each scraped and each recorded series. */
  #remember(target: string): void {
    const kept: [name: string, value: number][] = [
      ['langgraph_monitor_service_up', 1],
      ['langgraph:unavailability:ratio5m', 0],
    ];
    for (let minute = this.#lasts; minute > 0; minute--)
      for (const [name, value] of kept) this.#add(name, { target }, START - minute * MINUTE, value);
  }

  #add(name: string, labels: Record<string, string>, at: number, value: number | 'stale'): Labels {
    const all = Labels.of(Object.entries({ __name__: name, job: 'j', instance: 'm', ...labels }));
    this.#source.add(all, at, value);
    return all;
  }

  #show(source: string, at: number, samples: readonly { labels: Labels; value: number }[]): void {
    const now = new Set(samples.map(({ labels }) => labels.key));
    for (const labels of this.#shown.get(source) ?? [])
      if (!now.has(labels.key)) this.#source.add(labels, at, 'stale');
    for (const { labels, value } of samples) this.#source.add(labels, at, value);
    this.#shown.set(
      source,
      samples.map(({ labels }) => labels),
    );
  }

  #recordNotification(message: string, { receiver, firing, resolved }: Record<string, unknown>): void {
    if (message !== 'Notification' || receiver === 'heartbeat') return;
    const at = new Date(Date.now() - START).toISOString().slice(11, 19);
    if (firing) this.messages.push(`${at} ${receiver}: firing ${firing}`);
    if (resolved) this.messages.push(`${at} ${receiver}: resolved ${resolved}`);
  }

  /** @param restartAt the minute at which the monitor is started again */
  async run(outages: readonly Outage[], minutes: number, restartAt?: number): Promise<void> {
    await this.#alerting.configure({ by: 'embedded', config: alertmanager }, []);
    for (let at = START; at <= START + minutes * MINUTE; at += INTERVAL) {
      const isDown = (target: string) =>
        outages.some(
          each =>
            each.target === target &&
            at >= START + each.from * MINUTE &&
            at < START + (each.from + each.lasts) * MINUTE,
        );
      if (restartAt !== undefined && at === START + restartAt * MINUTE) await this.#restart();
      this.#scrape(at, isDown);
      this.#evaluate(at, !Object.keys(SEVERITIES).some(isDown));
      await vi.advanceTimersByTimeAsync(INTERVAL);
    }
    await this.#alerting.close();
    this.#store.close();
  }

  #scrape(at: number, isDown: (target: string) => boolean): void {
    const samples = Object.keys(SEVERITIES).flatMap(target =>
      seriesOf(target, isDown(target)).map(([name, labels, value]) => ({
        labels: Labels.of(Object.entries({ __name__: name, job: 'j', instance: 'm', target, ...labels })),
        value,
      })),
    );
    this.#show('scrape', at, samples);
  }

  #evaluate(at: number, isUp: boolean): void {
    const evaluation = this.#manager.evaluate(at);
    expect(evaluation.changes).toEqual([]);
    const active = this.#manager
      .groups()
      .flatMap(group => group.rules)
      .flatMap(rule => (rule.kind === 'alerting' ? rule.alerts : []))
      .filter(({ state }) => state !== 'inactive');
    if (isUp)
      for (const { state, labels, annotations } of active)
        if (state === 'firing' && ['critical', 'warning', 'info'].includes(labels.severity ?? ''))
          this.shownWhileUp.add(annotations.description ?? '');
    this.#alerting.applyEvaluation({ ...evaluation, at, active }, at);
  }
}

const TOOLS = 'CRITICAL: tools is error - Connection refused';
const BURNING =
  'OBJECTIVE: tools was down three times or more in the last six hours, over 6 times longer than its objective allows; at this rate the budget of a month is gone in five days';
const FLAPPING = 'WARNING: tools went down twice or more within 30 minutes';
const UP_BETWEEN = 'CRITICAL: tools is up, but went down twice or more within 30 minutes';
const LEVEL_2 = 'CRITICAL: ServiceDown of tools has been firing for 5 minutes';
const LEVEL_3 = 'CRITICAL: ServiceDown of tools has been firing for 15 minutes';
const HAPROXY = 'WARNING: haproxy is error - Connection refused';

test.each<{
  name: string;
  days: number;
  outages: readonly Outage[];
  minutes: number;
  restartAt?: number;
  /** Alerts that are active while every service is up. */
  shown?: readonly string[];
  want: readonly string[];
}>([
  {
    name: 'an outage ten minutes after the first start, and its first hour',
    days: 0,
    outages: [{ target: 'tools', from: 10, lasts: 4.5 }],
    minutes: 75,
    want: [`00:10:10 slack: firing ${TOOLS}`, `00:15:10 slack: resolved ${TOOLS}`],
  },
  {
    name: 'five minutes on the thirtieth day',
    days: 30,
    outages: [{ target: 'tools', from: 10, lasts: 5 }],
    minutes: 60,
    want: [`00:10:10 slack: firing ${TOOLS}`, `00:15:10 slack: resolved ${TOOLS}`],
  },
  {
    name: 'the third outage within six hours is notified as repeated outages, when it is over',
    days: 30,
    outages: [10, 40, 70].map(from => ({ target: 'tools', from, lasts: 4.75 })),
    minutes: 115,
    want: [
      `00:10:10 slack: firing ${TOOLS}`,
      `00:15:10 slack: resolved ${TOOLS}`,
      `00:40:10 slack: firing ${TOOLS}`,
      `00:45:10 slack: resolved ${TOOLS}`,
      `01:10:10 slack: firing ${TOOLS}`,
      `01:15:10 slack: resolved ${TOOLS}`,
      `01:24:40 slack: firing ${BURNING}`,
      `01:44:40 slack: resolved ${BURNING}`,
    ],
  },
  {
    name: 'one whose severity is a warning',
    days: 30,
    outages: [{ target: 'haproxy', from: 10, lasts: 12 }],
    minutes: 60,
    want: [`00:10:10 slack: firing ${HAPROXY}`, `00:22:10 slack: resolved ${HAPROXY}`],
  },
  {
    name: 'two services at once are one message',
    days: 30,
    outages: [
      { target: 'tools', from: 10, lasts: 4 },
      { target: 'haproxy', from: 10, lasts: 4 },
    ],
    minutes: 45,
    want: [`00:10:10 slack: firing ${HAPROXY}; ${TOOLS}`, `00:14:10 slack: resolved ${HAPROXY}; ${TOOLS}`],
  },
  {
    name: 'a service and what depends on it',
    days: 30,
    outages: [
      { target: 'haproxy', from: 10, lasts: 4 },
      { target: 'llm', from: 10, lasts: 4 },
    ],
    minutes: 45,
    want: [`00:10:10 slack: firing ${HAPROXY}`, `00:14:10 slack: resolved ${HAPROXY}`],
  },
  {
    name: 'a service that flaps is down from its second outage on, until it was up for ten minutes',
    days: 30,
    outages: [10, 12, 14, 16].map(from => ({ target: 'tools', from, lasts: 1 })),
    minutes: 75,
    shown: [UP_BETWEEN, FLAPPING, LEVEL_2],
    want: [
      `00:10:10 slack: firing ${TOOLS}`,
      `00:11:10 slack: resolved ${TOOLS}`,
      `00:12:10 slack: firing ${TOOLS}`,
      `00:17:25 slack: firing ${LEVEL_2}`,
      `00:17:25 email: firing ${LEVEL_2}`,
      `00:27:10 slack: resolved ${UP_BETWEEN}`,
      `00:27:25 slack: resolved ${LEVEL_2}`,
      `00:27:25 email: resolved ${LEVEL_2}`,
    ],
  },
  {
    name: 'flapping that becomes an outage of its own is the same alert, which escalates',
    days: 30,
    outages: [
      { target: 'tools', from: 10, lasts: 1 },
      { target: 'tools', from: 13, lasts: 1 },
      { target: 'tools', from: 16, lasts: 14 },
    ],
    minutes: 29,
    shown: [UP_BETWEEN, FLAPPING],
    want: [
      `00:10:10 slack: firing ${TOOLS}`,
      `00:11:10 slack: resolved ${TOOLS}`,
      `00:13:10 slack: firing ${TOOLS}`,
      `00:18:25 slack: firing ${LEVEL_2}`,
      `00:18:25 email: firing ${LEVEL_2}`,
      `00:28:25 slack: firing ${LEVEL_3}`,
      `00:28:25 email: firing ${LEVEL_3}`,
      `00:28:25 sms: firing ${LEVEL_3}`,
    ],
  },
  {
    name: 'an outage during which the monitor is started again',
    days: 30,
    outages: [{ target: 'tools', from: 10, lasts: 4.5 }],
    minutes: 45,
    restartAt: 12,
    want: [`00:10:10 slack: firing ${TOOLS}`, `00:15:00 slack: resolved ${TOOLS}`],
  },
  {
    name: 'an outage that ends while the monitor is started again, within its first hour',
    days: 0,
    outages: [{ target: 'tools', from: 10, lasts: 2 }],
    minutes: 45,
    restartAt: 12,
    want: [`00:10:10 slack: firing ${TOOLS}`, `00:13:10 slack: resolved ${TOOLS}`],
  },
])('$name', async ({ days, outages, minutes, restartAt, shown = [], want }) => {
  const replay = new Replay(days);
  await replay.run(outages, minutes, restartAt);
  expect(replay.messages).toEqual(want);
  expect([...replay.shownWhileUp]).toEqual(shown.map(text => text.replace(/^[A-Z]+: /, '')));
});
