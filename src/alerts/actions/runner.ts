// Actions and their limits. Comes in: alerts that begin; goes out: what was done about them. When an action last ran
// survives a restart, and is noted before it runs, so that no crash makes it run again and again.

import type { StoredAlert } from '../../alertmanager/alert-store.js';
import { matchesAll } from '../../alertmanager/matchers/matcher.js';
import type { Clock, Millis } from '../../model/time.js';
import type { StateStore } from '../../store/state-table.js';
import type { ActionRecord } from '../history.js';
import { runCommand } from './command.js';
import type { ActionDefinition } from './definition.js';
import { callWebhook } from './webhook.js';

const KIND = 'action';
const HOUR: Millis = 3_600_000;
/** Causes an action remembers for their cooldown. */
const MAX_CAUSES = 1000;

interface ActionEvents {
  /** An action ran, or did not run for a reason. */
  onAction(alert: StoredAlert, note: ActionRecord): void;
  onRun(action: string, isSuccess: boolean): void;
  log(level: 'info' | 'warn', message: string, fields: Record<string, unknown>): void;
}

/** When an action ran: lately, and for each alert. */
interface Runs {
  readonly lately: readonly Millis[];
  readonly causes: Readonly<Record<string, Millis>>;
}

/** On either side: of a clock that was set back by days, no run keeps others away for days. */
function isWithin(span: Millis, run: Millis, at: Millis): boolean {
  return Math.abs(at - run) < span;
}

export class ActionRunner {
  readonly #states: StateStore;
  readonly #clock: Clock;
  readonly #events: ActionEvents;
  readonly #running = new Set<string>();
  #actions: readonly ActionDefinition[] = [];

  constructor(states: StateStore, clock: Clock, events: ActionEvents) {
    this.#states = states;
    this.#clock = clock;
    this.#events = events;
  }

  configure(actions: readonly ActionDefinition[]): void {
    this.#actions = actions;
  }

  /** An alert began; `silenced` says why nothing is to be done about it. */
  run(alert: StoredAlert, silenced: string | undefined): void {
    for (const action of this.#actions)
      if (matchesAll(action.matchers, alert.labels)) void this.#consider(action, alert, silenced);
  }

  async #consider(action: ActionDefinition, alert: StoredAlert, silenced: string | undefined): Promise<void> {
    const at = this.#clock.now();
    const reason = action.enabled ? (silenced ?? this.#limit(action, alert, at)) : 'off (enabled: false)';
    if (reason !== undefined) return this.#note(action, alert, at, `not run: ${reason}`, 'info');
    this.#recordRun(action, alert, at);
    this.#running.add(action.name);
    const cause = { action: action.name, alert };
    const { command, webhook, timeout } = action;
    const problem = command
      ? await runCommand(command, cause, timeout)
      : webhook && (await callWebhook(webhook, cause, timeout));
    this.#running.delete(action.name);
    this.#events.onRun(action.name, problem === undefined);
    const result = problem === undefined ? 'succeeded' : `failed: ${problem}`;
    this.#note(action, alert, at, result, problem === undefined ? 'info' : 'warn');
  }

  #note(
    { name }: ActionDefinition,
    alert: StoredAlert,
    at: Millis,
    result: string,
    level: 'info' | 'warn',
  ): void {
    const labels = { alertname: alert.labels.get('alertname'), target: alert.labels.get('target') };
    this.#events.log(level, 'Action', { action: name, ...labels, result });
    this.#events.onAction(alert, { at, action: name, result });
  }

  #limit(action: ActionDefinition, alert: StoredAlert, at: Millis): string | undefined {
    if (this.#running.has(action.name)) return 'it is running already';
    const runs = this.#runs(action);
    const last = runs.causes[alert.fingerprint];
    if (last !== undefined && isWithin(action.cooldown, last, at)) return 'cooldown';
    const inHour = runs.lately.filter(run => isWithin(HOUR, run, at)).length;
    return inHour >= action.maxPerHour ? `${inHour} runs in the last hour (max_per_hour)` : undefined;
  }

  #runs({ name }: ActionDefinition): Runs {
    return this.#states.all<Runs>(KIND).get(name) ?? { lately: [], causes: {} };
  }

  #recordRun(action: ActionDefinition, { fingerprint }: StoredAlert, at: Millis): void {
    const { lately, causes } = this.#runs(action);
    const fresh = Object.entries({ ...causes, [fingerprint]: at })
      .filter(([, run]) => isWithin(action.cooldown, run, at) || run === at)
      .slice(-MAX_CAUSES);
    const inHour = lately.filter(run => isWithin(HOUR, run, at));
    this.#states.upsert(KIND, [
      [action.name, { lately: [...inHour, at], causes: Object.fromEntries(fresh) }],
    ]);
  }
}
