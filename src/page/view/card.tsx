// A service: how it is, why, how fast, and how it has been.

import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type History, useModel } from '../model.js';
import { models } from '../services.js';
import type { ServiceEntry } from '../state.js';
import { percent, seconds, sentence } from '../words.js';
import { anchor } from './link.js';
import { Shape } from './shape.js';
import { Sparkline } from './sparkline.js';
import { TickBar } from './ticks.js';
import { Age } from './time.js';
import { Link } from './view-link.js';
import { useWatcher } from './watcher.js';

/** Times the usual response time that are worth a word. */
const UNUSUAL = 2;
/** Seconds a response must take longer than usual, or a word would be said about milliseconds. */
const NOTABLE = 0.05;

export function Card({ id, entry }: { id: string; entry: ServiceEntry }) {
  const model = useModel();
  const usual = useComputed(() => model.history(id).value.usual).value;
  const muted = useComputed(() => model.mutedBy(id)).value;
  const watcher = useWatcher();
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const element = card.current;
    if (!element || !watcher) return;
    return watcher.watch(element, id);
  }, [watcher, id]);
  const { name, health } = entry;
  const reason = muted === undefined ? reasonOf(entry) : `muted: ${muted}`;
  return (
    <li class="card" id={anchor(id)} ref={card}>
      <div class="card-head">
        <Shape of={health.status} />
        <h3 title={id} dir="auto">
          <Link to={{ view: 'service', id }}>{name}</Link>
        </h3>
        <ResponseTime value={health.response_time} usual={usual} status={health.status} />
      </div>
      <p class="card-state">
        {muted !== undefined ? <Shape of="muted" /> : null}
        <span class="card-reason" title={reason}>
          <span class={`word ${health.status}`}>{sentence(health.status)}</span>
          {reason === '' ? null : <span class="quiet"> · {reason}</span>}
        </span>
        <span class="quiet">
          <Age local={health.since} />
        </span>
      </p>
      <Past id={id} name={name} />
    </li>
  );
}

/** What changes with the history alone, and not with each check. */
function Past({ id, name }: { id: string; name: string }) {
  const history = useModel().history(id).value;
  return (
    <>
      <div class="past">
        <Sparkline median={history.median ?? []} p95={history.p95 ?? []} />
      </div>
      <TickBar name={name} ticks={history.ticks} />
      <Uptime history={history} />
    </>
  );
}

/** Why it is not healthy, else what it serves; empty when there is nothing to say. */
export function reasonOf({ health }: ServiceEntry): string {
  if (health.status !== 'healthy' && health.error) return health.error;
  const named = models(health.data);
  if (named.length > 0) return [named.join(', '), speedOf(health)].filter(Boolean).join(' · ');
  return health.status_code === undefined ? '' : `HTTP ${health.status_code}`;
}

/** How fast its models answered last; empty where they were not asked. */
function speedOf({ tokens_per_second: rate, time_to_first_token: first }: ServiceEntry['health']): string {
  const words = [
    ...(typeof rate === 'number' ? [`${rate} tokens/s`] : []),
    ...(typeof first === 'number' ? [`first token ${seconds(first)}`] : []),
  ];
  return words.join(', ');
}

/** The response time now, with how many times the usual it is where that is worth a word. */
export function ResponseTime(props: {
  value: number | undefined;
  usual: number | undefined;
  status: string;
}) {
  const { value, usual, status } = props;
  if (value === undefined || status === 'unknown') return <span class="response quiet">–</span>;
  const isUnusual = usual !== undefined && value > UNUSUAL * usual && value - usual > NOTABLE;
  return (
    <span class="response digits">
      {isUnusual ? <span class="unusual">{(value / usual).toFixed(1)} x usual</span> : null}
      <strong>{seconds(value)}</strong>
    </span>
  );
}

const UPTIME_SPANS = ['24 h', '7 d', '30 d'];

function Uptime({ history: { uptime } }: { history: History }) {
  return (
    <dl class="uptime quiet digits">
      {UPTIME_SPANS.map((name, i) => {
        const share = uptime?.[i];
        return (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{share === undefined ? '–' : percent(share)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
