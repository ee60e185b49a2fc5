// What is scraped, pool by pool: how each target is, its last scrape, and what went wrong.

import './targets.css';
import { usePolledJson } from '../polled.js';
import { Shape } from '../view/shape.js';
import { Ago } from '../view/time.js';
import { count, seconds } from '../words.js';

type LabelSet = Readonly<Record<string, string>>;

/** A target of `/api/v1/targets`. */
interface Target {
  readonly labels: LabelSet;
  readonly discoveredLabels: LabelSet;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly lastError: string;
  /** ISO 8601, of the year 1 before the first scrape. */
  readonly lastScrape: string;
  /** Seconds. */
  readonly lastScrapeDuration: number;
  readonly health: 'up' | 'down' | 'unknown';
  readonly scrapeInterval: string;
}

interface TargetsAnswer {
  readonly data: {
    readonly activeTargets: readonly Target[];
    readonly droppedTargets: readonly { readonly discoveredLabels: LabelSet }[];
    readonly droppedTargetCounts: Readonly<Record<string, number>>;
  };
}

const EVERY = 5000;
const SHAPES = { up: 'healthy', down: 'unhealthy', unknown: 'unknown' };
/** Dropped targets that are shown of a pool. */
const MAX_DROPPED = 50;

export function View() {
  const { answer, problem } = usePolledJson<TargetsAnswer>('api/v1/targets', EVERY);
  const { activeTargets = [], droppedTargets = [], droppedTargetCounts = {} } = answer?.data ?? {};
  const pools = Object.keys(droppedTargetCounts).sort();
  return (
    <section aria-labelledby="targets" class="targets-view">
      <h1 id="targets">Targets</h1>
      {problem === '' ? null : <p class="notice">Targets cannot be shown: {problem}</p>}
      {answer !== undefined && pools.length === 0 ? (
        <p class="empty">Nothing is scraped here: the Prometheus of query.url does it.</p>
      ) : null}
      {pools.map(pool => (
        <Pool
          key={pool}
          name={pool}
          targets={activeTargets.filter(({ scrapePool }) => scrapePool === pool)}
          dropped={droppedTargets
            .map(({ discoveredLabels }) => discoveredLabels)
            .filter(({ job }) => job === pool)}
          droppedCount={droppedTargetCounts[pool] ?? 0}
        />
      ))}
    </section>
  );
}

interface PoolProps {
  readonly name: string;
  readonly targets: readonly Target[];
  readonly dropped: readonly LabelSet[];
  readonly droppedCount: number;
}

function Pool({ name, targets, dropped, droppedCount }: PoolProps) {
  const up = targets.filter(({ health }) => health === 'up').length;
  const isShort = dropped.length < droppedCount || dropped.length > MAX_DROPPED;
  return (
    <section>
      <h2>
        {name}{' '}
        <span class="quiet digits">
          {up} of {targets.length} up
        </span>
      </h2>
      {targets.length === 0 ? <p class="empty">No target was found.</p> : null}
      <ul class="rows">
        {targets.map(target => (
          <Row key={`${target.scrapeUrl} ${JSON.stringify(target.labels)}`} target={target} />
        ))}
      </ul>
      {droppedCount === 0 ? null : (
        <details>
          <summary>{count(droppedCount, 'target')} dropped by relabelling</summary>
          <ul class="rows">
            {dropped.slice(0, MAX_DROPPED).map(labels => (
              <li key={JSON.stringify(labels)} class="row">
                <code>{labelsText(labels)}</code>
              </li>
            ))}
          </ul>
          {isShort ? <p class="quiet">Further ones are not shown.</p> : null}
        </details>
      )}
    </section>
  );
}

function Row({ target }: { target: Target }) {
  const { health, scrapeUrl, labels, discoveredLabels, lastError, scrapeInterval } = target;
  const at = Date.parse(target.lastScrape);
  return (
    <li class="row target">
      <Shape of={SHAPES[health] ?? 'unknown'} />
      <span>
        <span class="url">{scrapeUrl}</span> <span class="quiet">{health}</span>
        <code title={`discovered: ${labelsText(discoveredLabels)}`}>{labelsText(labels)}</code>
        {lastError === '' ? null : <span class="unhealthy error">{lastError}</span>}
      </span>
      <span class="quiet digits">
        {at > 0 ? (
          <>
            <Ago at={at} /> ago in {seconds(target.lastScrapeDuration)}
          </>
        ) : (
          'not yet scraped'
        )}
        , every {scrapeInterval}
      </span>
    </li>
  );
}

function labelsText(labels: LabelSet): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(' ');
}
