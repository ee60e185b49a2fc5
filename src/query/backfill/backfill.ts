// Rules over stored history. Comes in: rule files and a span of time; goes out: their series in the samples' database,
// all of them or none. Its promise is that of the running rules: at each moment groups come in the order of the files,
// and a rule sees all that was there by then.

import { type Clock, type Millis, systemClock } from '../../model/time.js';
import { parse } from '../../promql/parse.js';
import type { GroupDefinition, RuleFile } from '../../rules/definition.js';
import { RuleGroup } from '../../rules/group.js';
import { engineQueryFunc, type InstantSample, type QueryFunc } from '../../rules/query-func.js';
import type { StoreLog } from '../../store/log.js';
import { ByteCache } from '../../tsdb/chunks/cache.js';
import { cutLog } from '../../tsdb/chunks/cut-log.js';
import { SampleFile } from '../../tsdb/file.js';
import { mergeIntoDatabase, withStagedFile } from '../../tsdb/import/staged.js';
import { SampleStore } from '../../tsdb/store.js';
import { AsOfSource } from './as-of.js';
import { dueGroups } from './grid.js';
import { LayeredSource } from './layered.js';
import { resumeAlerts } from './resume.js';
import { rulesInOrder } from './rule-order.js';
import { RuleWriter } from './rule-writer.js';
import { RuleTally, type RuleTotal } from './tally.js';

export interface BackfillOptions {
  /** The samples' database; it is there. */
  readonly dbFile: string;
  readonly files: readonly RuleFile[];
  /** Both included. */
  readonly start: Millis;
  readonly end: Millis;
  /** Of groups that name no interval. */
  readonly interval: Millis;
  readonly lookback: Millis;
  /** Samples one evaluation may load. */
  readonly maxSamples: number;
  /** For templates; without a slash at the end. */
  readonly externalUrl: string;
  /** Called before each moment; one that throws ends it, and nothing is written. */
  readonly onMoment?: (at: Millis) => void;
  readonly log: StoreLog;
  readonly clock?: Clock;
}

/** What came of it. */
export interface BackfillSummary {
  /** Moments at which something was evaluated. */
  readonly moments: number;
  /** One for each rule, in the order of the files. */
  readonly rules: readonly RuleTotal[];
  /** Samples written, and not written because the series has one at that time. */
  readonly written: number;
  readonly skipped: number;
}

const FOREVER: Millis = 1e15;
/** Decoded samples: windows of many series are read again at each moment. */
const CACHE_BYTES = 128 * 1024 * 1024;
/** Scrapes between two looks at how the store does, and how long it may tidy up then. */
const CARE_EVERY = 200;
const CARE: Millis = 100;

/** Evaluates and writes. @throws Error when the disk fails; SQLite's errors. Nothing is written then */
export async function backfillRules(options: BackfillOptions): Promise<BackfillSummary> {
  return await withStagedFile(options.dbFile, 'backfill', path => {
    const run = new Backfill(options, path);
    const moments = run.evaluate();
    const { added, dropped } = run.merge();
    const rules = run.totals();
    const skipped = rules.reduce((sum, rule) => sum + rule.skipped, 0);
    return { moments, rules, written: added, skipped: skipped + dropped };
  });
}

class Backfill {
  readonly #options: BackfillOptions;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #stored: SampleStore;
  readonly #made: SampleStore;
  readonly #groups: readonly RuleGroup[];
  readonly #tally: RuleTally;
  readonly #writer: RuleWriter;
  readonly #queryFunc: QueryFunc;

  constructor(options: BackfillOptions, path: string) {
    const { dbFile, files, interval, externalUrl, log, clock = systemClock } = options;
    this.#options = options;
    this.#path = path;
    this.#clock = clock;
    const shared = { retention: FOREVER, cacheBytes: CACHE_BYTES, clock };
    this.#stored = new SampleStore({ ...shared, file: dbFile, log });
    this.#made = new SampleStore({ ...shared, file: path, isAlone: true, log: quietly(log) });
    const query = (text: string, at: Millis): readonly InstantSample[] =>
      this.#queryFunc(parse(text), text, at);
    const context = { externalLabels: {}, externalUrl, query };
    const made = { defaultInterval: interval, context, shouldRestore: false };
    this.#groups = files.flatMap(({ file, groups }) =>
      groups.map(definition => new RuleGroup(withoutTexts(definition), { file, ...made })),
    );
    this.#tally = new RuleTally(this.#groups);
    const { lookback } = options;
    const stores = { stored: this.#stored, made: this.#made };
    this.#writer = new RuleWriter({ ...stores, groups: this.#groups, lookback, tally: this.#tally });
    this.#queryFunc = this.#makeQueryFunc();
  }

  /** @returns how many moments there were */
  evaluate(): number {
    const { start, end, onMoment } = this.#options;
    let moments = 0;
    // Before the first sample there is no history: a start long before it costs no time.
    const oldest = this.#stored.stats().oldest ?? Number.POSITIVE_INFINITY;
    try {
      for (const { at, groups } of dueGroups(this.#groups, start, end)) {
        if (at < oldest) continue;
        onMoment?.(at);
        this.#made.beginScrape({ at, parts: [], gone: [] });
        for (const group of groups) this.#evaluateGroup(group, at);
        this.#made.commit();
        if (++moments % CARE_EVERY === 0) this.#care();
      }
      this.#care();
    } finally {
      this.#stored.close();
      this.#made.close();
    }
    return moments;
  }

  /** Once everything is evaluated. */
  merge(): { added: number; dropped: number } {
    const staging = new SampleFile(this.#path, new ByteCache(CACHE_BYTES));
    try {
      cutLog(staging);
      return mergeIntoDatabase(staging, this.#options.dbFile, [...this.#writer.ends.values()].flat());
    } finally {
      staging.close();
    }
  }

  totals(): RuleTotal[] {
    return this.#tally.totals();
  }

  #evaluateGroup(group: RuleGroup, at: Millis): void {
    if (group.evaluations === 0) {
      this.#writer.start(group, at);
      resumeAlerts(group, at, { stored: this.#stored, queryFunc: this.#queryFunc });
    }
    const write = (source: string, _: Millis, samples: readonly InstantSample[]) =>
      this.#writer.write(source, at, samples, group.interval);
    group.evaluate(at, { queryFunc: this.#queryFunc, write, elapsed: () => 0 });
    this.#tally.countErrors(group, at);
  }

  #makeQueryFunc(): QueryFunc {
    const { lookback, maxSamples, interval } = this.#options;
    const stored = new AsOfSource(this.#stored);
    const source = new LayeredSource(stored, this.#made, this.#writer.ends);
    const queryFunc = engineQueryFunc({
      source,
      lookback,
      defaultInterval: interval,
      maxSamples,
      checkpoint: () => {},
    });
    const rules = rulesInOrder(this.#groups);
    return (expr, text, at) => {
      const rule = rules.get(expr);
      return stored.during(at + (rule?.queryOffset ?? 0), rule?.isLater, () => queryFunc(expr, text, at));
    };
  }

  /** @throws Error when what was made could not be written */
  #care(): void {
    this.#made.maintain(this.#clock.elapsed() + CARE);
    const { problem, pending } = this.#made.stats();
    if (problem !== undefined && pending > 0) throw new Error(problem);
  }
}

/** Annotations are in no series, and their templates may ask for more than the rule itself. */
function withoutTexts(definition: GroupDefinition): GroupDefinition {
  const rules = definition.rules.map(rule =>
    rule.kind === 'alerting' ? { ...rule, annotations: {} } : rule,
  );
  return { ...definition, rules };
}

/** That a file of its own was opened is of no interest. */
function quietly(log: StoreLog): StoreLog {
  return (level, message, fields) => {
    if (level !== 'info') log(level, message, fields);
  };
}
