// What both backends of queries and rules are given, and what they tell.

import type { SentLabels } from '../alerts/sent-labels.js';
import type { ClusterStatus, RuleAlertView } from '../cluster/status.js';
import type { AppendResult } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import type { PreparedQueryThread } from '../query/query-thread.js';
import type { RemoteOptions } from '../query/remote/engine.js';
import type { RuleEvaluation } from '../query/rule-evaluation.js';
import type { RemoteWriteConfig } from '../remote-write/config/definition.js';
import type { RemoteFigures } from '../remote-write/figures.js';
import type { TransferredRuleFile } from '../rules/transfer.js';
import type { ScrapeOutcome } from '../scrape/target-scraper.js';
import type { RulePlace } from './configuration-schema.js';
import type { CommandLineSettings } from './settings.js';

export interface BackendSettings extends Pick<CommandLineSettings, 'storage' | 'query'> {
  /** The query thread, if it was started before. */
  readonly queryThread?: PreparedQueryThread | undefined;
  /** The program of the query thread, if a test has compiled it elsewhere. */
  readonly queryThreadFile?: URL;
  /** The same for the thread that scrapes. */
  readonly scrapeThreadFile?: URL;
  /** The same for the thread of remote write. */
  readonly remoteWriteThreadFile?: URL;
}

/** Callbacks for rule evaluation results. */
export interface QueryBackendEvents {
  /** A new cluster status. @param at wall clock */
  onStatus(status: ClusterStatus, at: Millis): void;
  /** The rules could not be evaluated. */
  onRulesUnavailable(reason: string): void;
  /** Our own rules were evaluated. */
  onEvaluation(judgement: RuleEvaluation): void;
  /** A target was scraped. @param result what became of the samples; undefined when they were lost */
  onScraped(outcome: ScrapeOutcome, result: AppendResult | undefined): void;
  /** Samples were sent to other storages. @param newest the newest sample that was stored to be sent */
  onRemoteWrite(remotes: readonly RemoteFigures[], newest: Millis): void;
  /** All alerts that fire in the remote Prometheus. */
  onFiring(alerts: readonly RuleAlertView[], at: Millis): void;
}

/** The rules, and the remote Prometheus that answers queries where one is configured. */
export interface RuleConfiguration {
  readonly remote: RemoteOptions | undefined;
  /** `remote`: that Prometheus evaluates the rules too. */
  readonly rulePlace: RulePlace;
  readonly rules: readonly TransferredRuleFile[];
  /** Time between two scrapes of the registry, each of which the rules evaluate. */
  readonly scrapeInterval: Millis;
  /** Where samples are sent to. */
  readonly remoteWrite: readonly RemoteWriteConfig[];
  /** For links in annotations. */
  readonly externalUrl: string;
  /** For templates, and what remote write adds to series. */
  readonly externalLabels: Readonly<Record<string, string>>;
  /** The labels with which alerts are sent. */
  readonly sentLabels: SentLabels;
}
