// The bar of the last 90 minutes, hours or days. Each tick explains itself to a pointer, a finger and the arrow keys.

import { useSignal } from '@preact/signals';
import type { BarSpan } from '../address.js';
import { type Tick, useModel } from '../model.js';
import { percent, seconds, sentence } from '../words.js';
import { Shape, toneOf } from './shape.js';

/** Ticks in a bar. */
const TICKS = 90;
const PITCH = 4;
const HEIGHT = 20;
/** How high a tick stands says what its colour says. */
const HEIGHTS: Readonly<Record<string, number>> = { healthy: 12, degraded: 16, unknown: 4 };
/** A tick with more maintenance than this share of its time is maintenance. */
const MOSTLY = 0.5;
/** Maintenance is a column of blocks, so that it differs from states without its colour; one of a part has one below. */
const BLOCKS = [0, 5.5, 11];
const BLOCK = 3.5;

const NAMES: Readonly<Record<BarSpan, string>> = {
  '90min': 'Last 90 minutes',
  '90h': 'Last 90 hours',
  '90d': 'Last 90 days',
};

/** @param name the service's, for screen readers */
export function TickBar({ name, ticks }: { name: string; ticks: readonly Tick[] | undefined }) {
  const model = useModel();
  const at = useSignal<number | undefined>(undefined);
  const drawn = ticks ?? [];
  const current = at.value === undefined ? undefined : drawn[at.value];
  const newest = drawn.length - 1;
  const move = (by: number) => {
    at.value = Math.min(newest, Math.max(0, (at.value ?? newest) + by));
  };
  const point = (event: PointerEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    const place = Math.floor(((event.clientX - left) / width) * TICKS) - (TICKS - drawn.length);
    at.value = Math.min(newest, Math.max(0, place));
  };
  const key = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -10,
      PageUp: 10,
      Home: -TICKS,
      End: TICKS,
    };
    if (event.key === 'Escape') at.value = undefined;
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(step);
  };
  const last = drawn[newest];
  return (
    <div class="bar">
      <div
        class="bar-field"
        role="slider"
        tabIndex={0}
        aria-label={`${NAMES[model.view.value.bars]} of ${name}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, newest)}
        aria-valuenow={at.value ?? Math.max(0, newest)}
        aria-valuetext={current ? explain(current, model) : last ? explain(last, model) : 'No checks yet'}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={event => {
          if (event.pointerType === 'mouse') at.value = undefined;
        }}
        onFocus={() => {
          at.value ??= newest >= 0 ? newest : undefined;
        }}
        onBlur={() => {
          at.value = undefined;
        }}
        onKeyDown={key}
      >
        <Drawing ticks={drawn} current={at.value} />
      </div>
      {current ? <Panel tick={current} /> : null}
    </div>
  );
}

function Drawing({ ticks, current }: { ticks: readonly Tick[]; current: number | undefined }) {
  const form = ticks[current ?? -1];
  return (
    <svg
      class="ticks"
      viewBox={`0 0 ${TICKS * PITCH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {[...formsOf(ticks)].map(([tone, form]) => (
        <path key={tone} class={tone} d={form} />
      ))}
      {form === undefined ? null : (
        <path class={`${classOf(form)} current`} d={formOf(form, TICKS - ticks.length + (current ?? 0))} />
      )}
    </svg>
  );
}

/** Ticks of one colour are one element: ninety in each of sixty cards take the browser longer than all else there. */
function formsOf(ticks: readonly Tick[]): ReadonlyMap<string, string> {
  const forms = new Map<string, string>();
  const first = TICKS - ticks.length;
  for (let place = 0; place < (ticks.length === 0 ? 0 : TICKS); place++) {
    const tick = ticks[place - first];
    const add = (tone: string, form: string) => forms.set(tone, (forms.get(tone) ?? '') + form);
    add(classOf(tick), formOf(tick, place));
    if (hasFoot(tick)) add('planned', block(place, 0, BLOCK));
  }
  return forms;
}

function classOf(tick: Tick | undefined): string {
  if (isPlanned(tick)) return 'planned';
  return tick?.status === undefined ? 'none' : toneOf(tick.status);
}

function formOf(tick: Tick | undefined, place: number): string {
  if (isPlanned(tick)) return BLOCKS.map(from => block(place, from, BLOCK)).join('');
  const height = tick?.status === undefined ? 2 : (HEIGHTS[tick.status] ?? HEIGHT);
  const from = hasFoot(tick) ? BLOCK + 2 : 0;
  return block(place, from, Math.max(1, height - from));
}

/** A block of a tick. @param from above the bar's ground */
function block(place: number, from: number, height: number): string {
  return `M${place * PITCH} ${HEIGHT - from - height}h${PITCH - 1}v${height}h${1 - PITCH}z`;
}

function isPlanned(tick: Tick | undefined): boolean {
  if (tick === undefined) return false;
  return tick.planned > MOSTLY || (tick.planned > 0 && tick.status === undefined);
}

/** Some of its time was maintenance. */
function hasFoot(tick: Tick | undefined): boolean {
  return tick !== undefined && tick.planned > 0 && !isPlanned(tick);
}

const EMPTY: Tick = { at: 0, status: undefined, up: undefined, planned: 0, slowest: undefined };
const SAMPLES: readonly (readonly [name: string, tick: Tick])[] = [
  ...['healthy', 'degraded', 'unhealthy'].map(status => [status, { ...EMPTY, status }] as const),
  ['maintenance', { ...EMPTY, planned: 1 }],
  ['not checked', EMPTY],
];

/** What the forms of ticks stand for. */
export function TickLegend() {
  return (
    <ul class="legend quiet" aria-label="What the bars show">
      {SAMPLES.map(([name, tick]) => (
        <li key={name}>
          <svg class="ticks" viewBox={`0 0 ${PITCH * 2 - 1} ${HEIGHT}`} aria-hidden="true">
            <path class={classOf(tick)} d={formOf(tick, 0) + formOf(tick, 1)} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

function Panel({ tick }: { tick: Tick }) {
  const model = useModel();
  const { short, full } = model.print(tick.at);
  return (
    <div class="panel">
      <Shape of={isPlanned(tick) ? 'planned' : (tick.status ?? 'unknown')} />
      <span>
        <strong>{sentence(nameOf(tick))}</strong> <span title={full}>until {short}</span>
      </span>
      <span class="quiet">{figures(tick)}</span>
    </div>
  );
}

function nameOf(tick: Tick): string {
  if (!isPlanned(tick)) return tick.status ?? 'not checked';
  return tick.status === undefined ? 'maintenance' : `maintenance, ${tick.status}`;
}

function figures(tick: Tick): string {
  const { up, planned, slowest } = tick;
  const parts = [
    planned > 0 && !isPlanned(tick) ? `${percent(planned)} maintenance` : '',
    up === undefined ? '' : `${percent(up)} up`,
    slowest === undefined ? '' : `slowest answer ${seconds(slowest)}`,
  ];
  return parts.filter(part => part !== '').join(', ');
}

function explain(tick: Tick, model: ReturnType<typeof useModel>): string {
  const { short } = model.print(tick.at);
  return `${short}: ${nameOf(tick)}${figures(tick) === '' ? '' : `, ${figures(tick)}`}`;
}
