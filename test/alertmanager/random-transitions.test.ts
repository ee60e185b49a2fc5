// What a receiver is sent over random timelines of alerts, silences and inhibitions: by a real Alertmanager, by the embedded
// one, and by the embedded one that restarts after every step, each compared with Alertmanager's rules as they are written
// down below. `SEED` and `TIMELINES` try others.
//
// The one intended difference: an alert that was reported as firing and ends while it is muted is reported as resolved.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeLanes, type Lane, openLanes, run, sentTo } from '../support/lanes.js';

const SEED = Number(process.env.SEED ?? 20_260_115);
const TIMELINES = Number(process.env.TIMELINES ?? 40);
const STEPS = 6;
const IDS = ['x', 'y', 'z'];

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Alerts and what mutes them, as far as the steps have come. */
class Situation {
  readonly firing = new Set<string>();
  readonly silenced = new Set<string>();
  readonly inhibited = new Set<string>();
  /** Over since the last message. */
  readonly ended = new Set<string>();

  act(what: string): void {
    const [verb = '', id = ''] = what.split(' ');
    if (verb === 'fire') this.firing.add(id);
    if (verb === 'fire') this.ended.delete(id);
    if (verb === 'end' && this.firing.delete(id)) this.ended.add(id);
    if (verb.endsWith('silence')) this.#set(this.silenced, id, verb === 'silence');
    if (verb.endsWith('inhibit')) this.#set(this.inhibited, id, verb === 'inhibit');
  }

  isMuted(id: string): boolean {
    return this.silenced.has(id) || this.inhibited.has(id);
  }

  #set(all: Set<string>, id: string, isIn: boolean): void {
    if (isIn) all.add(id);
    else all.delete(id);
  }
}

/** A step is one silence made or ended, or some alerts that begin or end, which go in one request: nothing comes between. */
function timeline(random: () => number): string[] {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const now = new Situation();
  return Array.from({ length: STEPS }, () => {
    const acts: string[] = [];
    const isSilence = random() < 0.35;
    for (let i = 0; i < (isSilence ? 1 : 1 + Math.floor(random() * 3)); i++) {
      const id = pick(IDS);
      const alert = now.firing.has(id) ? 'end' : 'fire';
      const inhibition = now.inhibited.has(id) ? 'uninhibit' : 'inhibit';
      const silence = now.silenced.has(id) ? 'unsilence' : 'silence';
      const verb = isSilence ? silence : pick([alert, alert, inhibition]);
      acts.push(`${verb} ${id}`);
      now.act(`${verb} ${id}`);
    }
    return acts.join(', ');
  });
}

/** Alertmanager's DedupStage. Source: notify/notify.go, needsUpdate. */
function messagesOf(steps: readonly string[], reportsMutedEnds: boolean): string[] {
  const now = new Situation();
  const messages: string[] = [];
  let last: { readonly firing: ReadonlySet<string>; readonly resolved: ReadonlySet<string> } | undefined;
  /** Reported as firing and not as resolved since. */
  const open = new Set<string>();
  const isWithin = (all: readonly string[], known: ReadonlySet<string> | undefined) =>
    all.every(id => known?.has(id));
  for (const step of steps) {
    for (const act of step.split(', ')) now.act(act);
    const firing = IDS.filter(id => now.firing.has(id) && !now.isMuted(id));
    const isOwed = (id: string) => reportsMutedEnds && open.has(id);
    const resolved = IDS.filter(id => now.ended.has(id) && (!now.isMuted(id) || isOwed(id)));
    now.ended.clear();
    const isDue = last
      ? !isWithin(firing, last.firing) ||
        (firing.length > 0
          ? !isWithin(resolved, last.resolved)
          : resolved.length > 0 && last.firing.size > 0) ||
        resolved.some(isOwed)
      : firing.length > 0;
    if (!isDue) continue;
    const states = IDS.flatMap(id => {
      if (firing.includes(id)) return [`firing ${id}`];
      return resolved.includes(id) ? [`resolved ${id}`] : [];
    });
    messages.push(states.join(', '));
    last = { firing: new Set(firing), resolved: new Set(resolved) };
    for (const id of firing) open.add(id);
    for (const id of resolved) open.delete(id);
  }
  return messages;
}

const random = randomOf(SEED);
const timelines = Array.from({ length: TIMELINES }, () => timeline(random));
let lanes: readonly Lane[] = [];

beforeAll(async () => {
  lanes = await openLanes();
  await Promise.all(lanes.map(lane => run(lane, timelines)));
});

afterAll(() => closeLanes(lanes));

test.each(timelines.map((steps, i) => [steps.join(' | '), steps, i] as const))('%s', (_, steps, i) => {
  const [real, embedded, restarting] = lanes.map(lane => sentTo(lane, String(i)));
  const [theirs, ours] = [messagesOf(steps, false), messagesOf(steps, true)];
  expect({ real, embedded, restarting }).toEqual({ real: theirs, embedded: ours, restarting: ours });
});
