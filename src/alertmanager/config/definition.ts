// What alertmanager.yml says, ready to be used: the routes with all they inherit, receivers, inhibition, times. Made by
// config/read.ts. Source: Alertmanager, "Configuration".

import type { HttpClientConfig, TlsConfig } from '../../config/http-client/config.js';
import type { SecretSource } from '../../model/secret.js';
import type { Millis } from '../../model/time.js';
import type { Matcher } from '../matchers/matcher.js';
import type { TimeInterval } from '../mute/time-interval.js';

/** A whole alertmanager.yml. */
export interface AlertmanagerConfig {
  /** As it is called in messages. */
  readonly file: string;
  /** Its text, every secret replaced by `<secret>`, as `/api/v2/status` shows it. */
  readonly masked: string;
  readonly global: Global;
  readonly route: Route;
  readonly receivers: readonly ReceiverDefinition[];
  readonly inhibitRules: readonly InhibitRule[];
  /** `time_intervals` and `mute_time_intervals` by name. */
  readonly timeIntervals: ReadonlyMap<string, readonly TimeInterval[]>;
  /** The files that `templates` matches, each checked. */
  readonly templates: readonly { readonly file: string; readonly text: string }[];
  /** What may stand there and will not work, one line each with its place. */
  readonly warnings: readonly string[];
}

/** `global`: what receivers take where they say nothing themselves. */
export interface Global {
  /** How long an alert that names no end is believed. */
  readonly resolveTimeout: Millis;
  readonly http: HttpClientConfig;
  readonly smtp: SmtpDefaults;
  readonly slackApiUrl: SecretSource | undefined;
  readonly slackAppToken: SecretSource | undefined;
  readonly slackAppUrl: string;
  readonly pagerdutyUrl: string;
  readonly telegramApiUrl: string;
  readonly telegramBotToken: SecretSource | undefined;
}

export interface SmtpDefaults {
  readonly from: string;
  readonly hello: string;
  /** `host:port`. */
  readonly smarthost: { readonly host: string; readonly port: number } | undefined;
  readonly authUsername: string;
  readonly authPassword: SecretSource | undefined;
  readonly authSecret: SecretSource | undefined;
  readonly authIdentity: string;
  readonly requireTls: boolean;
  /** TLS from the first byte (true) or STARTTLS (false); undefined goes by the port, 465 or another. */
  readonly forceImplicitTls: boolean | undefined;
  readonly tls: TlsConfig | undefined;
}

/** A node of the tree of routes, everything inherited filled in. */
export interface Route {
  /** Its place in the tree in Alertmanager's words: `{}/{severity="critical"}`; part of a group's key. */
  readonly key: string;
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  /** Whether siblings after it are asked too. */
  readonly continues: boolean;
  /** Names of labels, sorted; `all` is `['...']`: every label. */
  readonly groupBy: readonly string[] | 'all';
  readonly groupWait: Millis;
  readonly groupInterval: Millis;
  readonly repeatInterval: Millis;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly routes: readonly Route[];
}

export interface InhibitRule {
  readonly sourceMatchers: readonly Matcher[];
  readonly targetMatchers: readonly Matcher[];
  /** Labels both have to have alike; one that neither has is alike. */
  readonly equal: readonly string[];
}

export interface ReceiverDefinition {
  readonly name: string;
  /** None: what it gets is written to the log. */
  readonly integrations: readonly IntegrationDefinition[];
}

/** One entry of a receiver's `*_configs`. */
export interface IntegrationDefinition {
  /** Of a `ReceiverKind`: `email`, `slack`. */
  readonly integration: string;
  /** Its place among the receiver's entries of the same kind, from 0. */
  readonly index: number;
  readonly sendResolved: boolean;
  /** What the kind itself read. */
  readonly options: unknown;
}
