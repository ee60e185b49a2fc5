// monitor.yml as a whole: which sections there are and which room each belongs to. Comes in: a file; goes out: the
// services, the plan of their checks, and the monitor's own settings.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AlertmanagerConfig } from '../alertmanager/config/definition.js';
import { loadAlertmanagerConfig } from '../alertmanager/config/load.js';
import { readAlertmanagerConfig } from '../alertmanager/config/read.js';
import { receiverKinds } from '../alertmanager/receivers/index.js';
import type { ActionDefinition } from '../alerts/actions/definition.js';
import type { DeliveryConfig } from '../alerts/alerting.js';
import { ALERT_RELABEL_CONFIGS, loadAlertRelabelConfigs } from '../alerts/relabel-configs.js';
import type { SmsSettings } from '../alerts/sms/gateway.js';
import type { EndpointCandidates } from '../cluster/endpoints/plan.js';
import { CLUSTER_STATUS } from '../cluster/status.js';
import { doAtOnce, doByPieces } from '../concurrency/time-slicer.js';
import { ConfigError, Mistakes } from '../config/config-error.js';
import { loadYaml, readPlainYaml } from '../config/load.js';
import type { HaSettings } from '../ha/settings.js';
import type { AccessSettings } from '../http/access.js';
import type { PageSettings } from '../http/page/settings.js';
import type { PushService } from '../http/push/pushes.js';
import type { Service, Shard } from '../model/service.js';
import type { Millis } from '../model/time.js';
import { planConcurrency, planPool } from '../probes/concurrency.js';
import type { ProberConfig, TargetConfig } from '../probes/config.js';
import { host } from '../probes/kinds/host.js';
import { kinds } from '../probes/kinds/index.js';
import { type PushOptions, push } from '../probes/kinds/push.js';
import type { ConnectionLimits } from '../probes/probe.js';
import type { ProbeKind } from '../probes/probe-kind.js';
import type { RemoteOptions } from '../query/remote/engine.js';
import { DEFAULT_RELABEL_CONFIG, type RelabelConfig } from '../relabel/config.js';
import type { RemoteWriteConfiguration } from '../remote-write/config/definition.js';
import { loadRemoteWrite, REMOTE_WRITE } from '../remote-write/config/read.js';
import type { ReportPlan } from '../report/report-job.js';
import { receiverProblems } from '../report/settings.js';
import { loadingRuleFiles } from '../rules/load.js';
import { type TransferredRuleFile, toTransfer } from '../rules/transfer.js';
import type { ScrapeConfiguration } from '../scrape/config/definition.js';
import { loadScrapeSections } from '../scrape/config/monitor-yml.js';
import { SCRAPE_SECTIONS } from '../scrape/config/read.js';
import { type MonitorYml, monitorYml, type RulePlace, rulePlace } from './configuration-schema.js';
import { type ParsedService, SAMPLE_LIMIT } from './service-schema.js';
import { jobOfShard, shardFields } from './sharding.js';

/** What monitor.yml says, ready to be used. */
export interface Configuration {
  /** The monitoring node's name. */
  readonly node: string;
  readonly services: readonly Service[];
  /** Which of several monitors this one is; undefined: it has all services. */
  readonly shard: Shard | undefined;
  /** How often other monitors check the services that are not checked here, by id; empty where this one has all. */
  readonly elsewhere: ReadonlyMap<string, Millis>;
  readonly prober: ProberConfig;
  /** The remote Prometheus that answers PromQL; undefined: the monitor keeps samples and answers itself. */
  readonly remote: RemoteOptions | undefined;
  /** Where the rules are evaluated: `remote` is for a configuration with {@link remote} only. */
  readonly rulePlace: RulePlace;
  /** Time between two scrapes of the monitor's own metrics, and of the evaluations of rules after them. */
  readonly scrapeInterval: Millis;
  /** The files of `rule_files`; none where another Prometheus evaluates them. */
  readonly rules: readonly TransferredRuleFile[];
  /** What is scraped beside the monitor itself; nothing in remote mode. */
  readonly scrape: ScrapeConfiguration;
  /** Where every sample is sent to; nowhere in remote mode. */
  readonly remoteWrite: RemoteWriteConfiguration;
  /** Where workflows call which service. */
  readonly endpoints: EndpointCandidates;
  /** Whether the embedded Alertmanager or real ones send notifications. */
  readonly delivery: DeliveryConfig;
  /** `alert_relabel_configs`; none where another Prometheus sends the alerts. */
  readonly alertRelabelConfigs: readonly RelabelConfig[];
  /** Other monitors with the same configuration; undefined: this one is alone. */
  readonly ha: HaSettings | undefined;
  readonly actions: readonly ActionDefinition[];
  /** The account that `/notify/sms` sends through. */
  readonly sms: SmsSettings | undefined;
  /** Reports that are sent by schedule. */
  readonly reports: ReportPlan;
  readonly links: Links;
  /** Names under which browsers reach the monitor. */
  readonly web: AccessSettings;
  /** What the status page is called, shows and allows. */
  readonly page: PageSettings;
}

/** Where alerts lead, instead of the monitor's own pages. */
interface Links {
  /** Grafana, without a slash at the end. */
  readonly grafana?: string | undefined;
  /** A page with a section for each alert, named in lower case. */
  readonly runbook?: string | undefined;
}

/** What is in Prometheus' format, and read apart from the rest. */
const FOREIGN = [...SCRAPE_SECTIONS, REMOTE_WRITE, ALERT_RELABEL_CONFIGS];
const MAX_SLOW_AFTER: Millis = 5000;
const SCRAPE_INTERVAL: Millis = 15_000;
/**
 * Reads monitor.yml.
 * @throws ConfigError with every mistake in it.
 */
export function loadConfiguration(file: string, env?: NodeJS.ProcessEnv): Configuration {
  return configurationOf(file, loadParts(file, env, rulesOf));
}

/** A configuration whose rule files are not read yet: that takes as long as all else. */
interface BegunConfiguration {
  /** Without rules. */
  readonly configuration: Configuration;
  /** Reads them with turns for everything else in between. @returns the whole configuration @throws ConfigError */
  complete(): Promise<Configuration>;
}

/**
 * Reads monitor.yml, and of the files that it names all but the rule files.
 * @throws ConfigError with every mistake in them, and in the rule files
 */
export function beginConfiguration(file: string, env?: NodeJS.ProcessEnv): BegunConfiguration {
  const parts = partsBeforeRules(file, env);
  const configuration = configurationOf(file, parts);
  return {
    configuration,
    complete: async () => ({ ...configuration, rules: await doByPieces(readingRules(file, parts.config)) }),
  };
}

function partsBeforeRules(file: string, env: NodeJS.ProcessEnv | undefined): Parts {
  try {
    return loadParts(file, env, () => []);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // What is wrong with the rules is said with it.
    return loadParts(file, env, rulesOf);
  }
}

type Parts = ReturnType<typeof loadParts>;

function configurationOf(file: string, parts: Parts): Configuration {
  const { config, scrape, remoteWrite, rules, delivery, alertRelabelConfigs } = parts;
  const { intervals, max_concurrent_checks, pool } = config.scan;
  const services = config.services.map(service => serviceOf(service, config));
  const elsewhere = new Set(services.filter(({ isElsewhere }) => isElsewhere).map(({ id }) => id));
  const checks = config.services.map(service => checkOf(service, intervals));
  const targets = checks.filter(({ id }) => !elsewhere.has(id));
  const concurrency = planConcurrency(targets, max_concurrent_checks);
  if (config.host.enabled) targets.push(hostCheck(config.node, config.host));
  return {
    node: config.node,
    services,
    shard: config.shard,
    elsewhere: new Map(
      checks.filter(({ id }) => elsewhere.has(id)).map(({ id, interval }) => [id, interval]),
    ),
    prober: {
      targets,
      concurrency,
      connections: connectionsOf(pool, concurrency.limit),
      scan: intervals.critical,
    },
    remote: remoteOf(config.query),
    rulePlace: rulePlace(config.query),
    scrapeInterval: config.query.scrape_interval ?? SCRAPE_INTERVAL,
    scrape: scrapeOfShard(scrape, config.shard),
    remoteWrite,
    endpoints: config.endpoints,
    rules,
    delivery,
    alertRelabelConfigs,
    ha: haOf(config),
    reports: reportsOf(file, config, delivery),
    actions: config.actions.map(actionOf),
    sms: smsOf(config.alerting.sms),
    links: config.links,
    web: config.web,
    page: config.page,
  };
}

/**
 * Reads the parts of monitor.yml that are parsed separately, and the files that it names.
 * @throws ConfigError with the mistakes of all of them
 */
function loadParts(
  file: string,
  env: NodeJS.ProcessEnv | undefined,
  readRules: (file: string, config: MonitorYml) => TransferredRuleFile[],
) {
  // A syntax error is reported once, not by the parser of each part.
  readPlainYaml(file);
  const mistakes = new Mistakes();
  const config = mistakes.collect(() => loadYaml(file, monitorYml, env, FOREIGN));
  const remoteWrite = mistakes.collect(() => loadRemoteWrite(file, env));
  const scrape = mistakes.collect(() => withReplica(scrapeOf(file, env), config?.ha?.replica));
  const alertRelabelConfigs = mistakes.collect(
    () => loadAlertRelabelConfigs(file) ?? (config?.ha ? DROP_REPLICA : []),
  );
  // The paths of these files are in the configuration.
  const rules = config && mistakes.collect(() => readRules(file, config));
  const delivery = config && mistakes.collect(() => deliveryOf(file, config));
  if (!config || !scrape || !remoteWrite || !rules || !delivery || !alertRelabelConfigs)
    throw mistakes.toError();
  return { config, scrape, remoteWrite, rules, delivery, alertRelabelConfigs };
}

function connectionsOf(pool: MonitorYml['scan']['pool'], limit: number): ConnectionLimits {
  const planned = planPool(limit);
  return {
    total: pool.connections === 'auto' ? planned.connections : pool.connections,
    perHost: pool.per_host === 'auto' ? planned.perHost : pool.per_host,
    keepAlive: pool.keep_alive,
    maxAge: pool.max_age,
    maxRequests: pool.max_requests,
  };
}

/** The job of the monitor's own samples, which are there without a scrape. */
export const OWN_JOB = 'langgraph-monitor';

function scrapeOf(file: string, env: NodeJS.ProcessEnv | undefined): ScrapeConfiguration {
  const scrape = loadScrapeSections(file, env);
  if (scrape.jobs.some(({ name }) => name === OWN_JOB))
    throw new ConfigError([
      `${file}: scrape_configs: the job "${OWN_JOB}" is the monitor itself, whose samples are there without a scrape; take it out, or call it something else`,
    ]);
  return scrape;
}

/** Each of several monitors has the external label `replica`, unless it is set. */
function withReplica(scrape: ScrapeConfiguration, replica: string | undefined): ScrapeConfiguration {
  const { global } = scrape;
  if (replica === undefined || global.externalLabels.replica !== undefined) return scrape;
  return { ...scrape, global: { ...global, externalLabels: { replica, ...global.externalLabels } } };
}

/** Without what tells their alerts apart, the alerts of several monitors are the same: `alert_relabel_configs` unless given. */
const DROP_REPLICA: readonly RelabelConfig[] = [
  { ...DEFAULT_RELABEL_CONFIG, nameValidation: 'utf8', action: 'labeldrop', regex: 'replica' },
  {
    ...DEFAULT_RELABEL_CONFIG,
    nameValidation: 'utf8',
    sourceLabels: ['job'],
    regex: OWN_JOB,
    targetLabel: 'instance',
    replacement: '',
  },
];

/** Beside the configuration, or those that ship with the program. */
const RULES = 'rules/*.rules.yml';
const SHIPPED = fileURLToPath(new URL('../..', import.meta.url));

function rulesOf(file: string, config: MonitorYml): TransferredRuleFile[] {
  return doAtOnce(readingRules(file, config));
}

/** With a stop after each file. @throws ConfigError */
function* readingRules(
  file: string,
  { query, rule_files: patterns }: MonitorYml,
): Generator<void, TransferredRuleFile[]> {
  // The Prometheus there has its own.
  if (rulePlace(query) === 'remote') return [];
  const beside = yield* loadingRuleFiles(patterns ?? [RULES], dirname(file));
  const rules = patterns || beside.length > 0 ? beside : yield* loadingRuleFiles([RULES], SHIPPED);
  const recorded = rules
    .flatMap(({ groups }) => groups)
    .flatMap(group => group.rules.map(({ name }) => name));
  if (!recorded.includes(CLUSTER_STATUS)) {
    throw new ConfigError([
      `${file}: rule_files: no rule records ${CLUSTER_STATUS}, which /cluster_health shows; add status.rules.yml of the shipped rules`,
    ]);
  }
  return rules.map(toTransfer);
}

const ALERTMANAGER_YML = 'alertmanager.yml';

/** By alertmanager.yml as it is named, or beside the configuration, or as it ships with the program. */
function deliveryOf(file: string, { query, alerting }: MonitorYml): DeliveryConfig {
  const { url } = query;
  if (url !== undefined && rulePlace(query) === 'remote') return { by: 'prometheus', url };
  const { alertmanagers, config_file } = alerting;
  if (alertmanagers) return { by: 'alertmanagers', alertmanagers };
  return { by: 'embedded', config: alertmanagerYml(file, config_file) };
}

/** @param named in `alerting.config_file` */
function alertmanagerYml(file: string, named: string | undefined): AlertmanagerConfig {
  const places = [join(dirname(file), ALERTMANAGER_YML), join(SHIPPED, ALERTMANAGER_YML)];
  const found = named ?? places.find(path => existsSync(path));
  return found === undefined ? logOnly(places) : loadAlertmanagerConfig(found);
}

/** Their receivers are those of alertmanager.yml, also where another Alertmanager has the same file and delivers alerts. */
function reportsOf(file: string, { reports, alerting }: MonitorYml, delivery: DeliveryConfig): ReportPlan {
  if (reports.length === 0) return { reports, config: undefined };
  const config = delivery.by === 'embedded' ? delivery.config : alertmanagerYml(file, alerting.config_file);
  const problems = receiverProblems(file, reports, config, receiverKinds);
  if (problems.length > 0) throw new ConfigError(problems);
  return { reports, config };
}

/** A monitor without any alertmanager.yml watches all the same: alerts go to the log, and a warning says so. */
function logOnly(places: readonly string[]): AlertmanagerConfig {
  const [file = ALERTMANAGER_YML, shipped] = places;
  const config = readAlertmanagerConfig(file, 'route: { receiver: log }\nreceivers: [{ name: log }]\n');
  const warning = `${file}: no such file, nor ${shipped}; alerts go to the log only. Put an alertmanager.yml there, or name one in alerting.config_file`;
  return { ...config, warnings: [...config.warnings, warning] };
}

function actionOf({ max_per_hour, command, ...rest }: MonitorYml['actions'][number]): ActionDefinition {
  const { webhook } = rest;
  return { ...rest, webhook, command: command as ActionDefinition['command'], maxPerHour: max_per_hour };
}

function smsOf(sms: MonitorYml['alerting']['sms']): SmsSettings | undefined {
  if (!sms) return undefined;
  const { account_sid, auth_token, messaging_service_sid, api_url, from, to, timeout } = sms;
  return {
    accountSid: account_sid,
    authToken: auth_token,
    from,
    messagingServiceSid: messaging_service_sid,
    to,
    apiUrl: api_url,
    timeout,
  };
}

function remoteOf({
  url,
  scrape_interval: _,
  rules: __,
  ...rest
}: MonitorYml['query']): RemoteOptions | undefined {
  return url === undefined ? undefined : { url, ...rest };
}

/** Monitors of different shards have different alerts: each shard has a lease of its own. Silences are of all of them. */
function haOf({ ha, shard }: MonitorYml): HaSettings | undefined {
  const settings = ha as HaSettings | undefined;
  if (!settings?.lease) return settings;
  const { key } = settings.lease;
  const ownKey = shard ? `${key}-shard-${shard.index}` : key;
  return { ...settings, lease: { ...settings.lease, key: ownKey, statesKey: key } };
}

function scrapeOfShard(scrape: ScrapeConfiguration, shard: Shard | undefined): ScrapeConfiguration {
  return shard ? { ...scrape, jobs: scrape.jobs.map(job => jobOfShard(job, shard)) } : scrape;
}

function serviceOf({ id, kind, common }: ParsedService, { page, shard }: MonitorYml): Service {
  return {
    id,
    name: common.name ?? id,
    kind,
    critical: common.critical,
    severity: common.severity ?? (common.critical ? 'critical' : 'warning'),
    dependsOn: common.depends_on,
    ...(common.group !== undefined && { group: common.group }),
    ...(page.hide.includes(id) && { isHidden: true as const }),
    ...shardFields(id, shard),
  };
}

function checkOf(service: ParsedService, intervals: { critical: Millis; other: Millis }): TargetConfig {
  const { critical, timeout, slow_after, confirm, interval, sample_limit } = service.common;
  const { slowAfter } = kinds.find(each => each.kind === service.kind) as ProbeKind;
  return {
    id: service.id,
    kind: service.kind,
    isService: true,
    options: service.options,
    critical,
    timeout,
    slowAfter: slow_after ?? slowAfter ?? Math.min(MAX_SLOW_AFTER, timeout / 2),
    confirm,
    // As in Prometheus, 0 is no limit.
    sampleLimit: sample_limit || Number.POSITIVE_INFINITY,
    interval: interval ?? (critical ? intervals.critical : intervals.other),
  };
}

/** The services that report by themselves. */
export function pushServices({ prober }: Pick<Configuration, 'prober'>): PushService[] {
  return prober.targets
    .filter(({ kind }) => kind === push.kind)
    .map(({ id, options }) => ({ id, token: (options as PushOptions).token }));
}

/** The node's own figures are read by a check like any other, which is no service of the cluster's. */
function hostCheck(node: string, { interval, enabled: _, ...options }: MonitorYml['host']): TargetConfig {
  return {
    id: node,
    kind: host.kind,
    isService: false,
    options,
    critical: false,
    timeout: 10_000,
    slowAfter: Number.POSITIVE_INFINITY,
    confirm: { failures: 1, successes: 1, every: 1000 },
    sampleLimit: SAMPLE_LIMIT,
    interval,
  };
}
