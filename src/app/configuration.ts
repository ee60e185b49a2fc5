// monitor.yml as a whole: which sections there are and which room each belongs to. Comes in: a file; goes out: the
// services, the plan of their checks, and the monitor's own settings.

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { AlertmanagerConfig } from '../alertmanager/config/definition.js';
import { loadAlertmanagerConfig } from '../alertmanager/config/load.js';
import { readAlertmanagerConfig } from '../alertmanager/config/read.js';
import { receiverKinds } from '../alertmanager/receivers/index.js';
import type { ActionDefinition } from '../alerts/actions/definition.js';
import type { DeliveryConfig } from '../alerts/alerting.js';
import { actionsSection, alertingSection } from '../alerts/settings.js';
import type { SmsSettings } from '../alerts/sms/gateway.js';
import type { EndpointCandidates } from '../cluster/endpoints/plan.js';
import { endpointSection, unknownServices } from '../cluster/endpoints/section.js';
import { CLUSTER_STATUS } from '../cluster/status.js';
import { about, ofType } from '../config/about.js';
import { didYouMean } from '../config/did-you-mean.js';
import { count, duration, flag, httpUrl, section, text, words } from '../config/fields.js';
import { httpClientShape } from '../config/http-client/config.js';
import { httpClientProblem } from '../config/http-client/problem.js';
import { ConfigError, loadYaml } from '../config/load.js';
import { schemaKit } from '../config/schema-kit.js';
import type { AccessSettings } from '../http/access.js';
import { webSection } from '../http/access-section.js';
import { type PageSettings, pageSection } from '../http/page/settings.js';
import { SEVERITIES, type Service } from '../model/service.js';
import type { Millis } from '../model/time.js';
import { HIGHEST_LIMIT, planConcurrency, planPool } from '../probes/concurrency.js';
import type { ProberConfig, TargetConfig } from '../probes/config.js';
import { dependencyMistakes } from '../probes/dependencies.js';
import { host } from '../probes/kinds/host.js';
import { kinds } from '../probes/kinds/index.js';
import type { ConnectionLimits } from '../probes/probe.js';
import type { ProbeKind } from '../probes/probe-kind.js';
import type { RemoteOptions } from '../query/remote/engine.js';
import type { ReportPlan } from '../report/report-job.js';
import { receiverProblems, reportsSection } from '../report/settings.js';
import { loadRuleFiles } from '../rules/load.js';
import { type TransferredRuleFile, toTransfer } from '../rules/transfer.js';

/** What monitor.yml says, ready to be used. */
export interface Configuration {
  /** The monitoring node's name. */
  readonly node: string;
  readonly services: readonly Service[];
  readonly prober: ProberConfig;
  /** Who answers PromQL in our place; undefined: the monitor keeps samples and answers itself. */
  readonly remote: RemoteOptions | undefined;
  /** Time between two scrapes of the monitor's own metrics, and of the evaluations of rules after them. */
  readonly scrapeInterval: Millis;
  /** The files of `rule_files`; none in remote mode, where another Prometheus evaluates them. */
  readonly rules: readonly TransferredRuleFile[];
  /** Where workflows call which service. */
  readonly endpoints: EndpointCandidates;
  /** Who tells people of alerts. */
  readonly delivery: DeliveryConfig;
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

const ID = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
/** Longest name of a group of services, in characters. */
const MAX_GROUP = 60;
const MAX_SLOW_AFTER: Millis = 5000;
/** Samples of one check: those of a HAProxy with some 1,300 servers. More hold the main thread up when they are new. */
const SAMPLE_LIMIT = 100_000;
const SCRAPE_INTERVAL: Millis = 15_000;
/** Prometheus' own advice. */
const LONGEST_SCRAPE_INTERVAL: Millis = 120_000;

const confirm = section({
  failures: about(count(1, 100).default(2), 'Failed checks in a row before a service is unhealthy.'),
  successes: about(count(1, 100).default(2), 'Checks in a row that succeed before it is healthy again.'),
  every: about(duration(100).default(2000), 'Time between checks while a change is being confirmed.'),
});

/** The keys every kind of service has. */
export const serviceKeys = {
  name: about(words().optional(), 'Name on pages and in messages.', {
    example: 'Jetson Ollama Server',
    fallback: 'the id',
  }),
  kind: about(
    text().optional(),
    'What is asked: `http`, `ollama`, `redis` or `haproxy`; each has keys of its own, see below.',
    { example: 'ollama', fallback: 'http' },
  ),
  check_type: about(text().optional(), 'Another name of `kind`.'),
  critical: about(
    flag().default(false),
    'Whether the cluster is unhealthy while the service is; otherwise degraded.',
  ),
  severity: about(
    z.enum(SEVERITIES, { error: `expected ${SEVERITIES.join(', ')}` }).optional(),
    'Severity of the alerts about it.',
    { fallback: 'critical where `critical` is true, else warning' },
  ),
  timeout: about(
    duration(10).default(10_000),
    'How long a check may take; one that has not ended by then has failed.',
  ),
  slow_after: about(duration().optional(), 'A service that takes longer to answer is degraded.', {
    example: '2s',
    fallback: '5s, or half of `timeout` where that is less',
  }),
  interval: about(duration(100).optional(), 'Time between two checks.', {
    example: '15s',
    fallback: 'that of `scan.intervals`',
  }),
  confirm: about(confirm.prefault({}), 'When a change of the state counts.'),
  sample_limit: about(
    count(0).default(SAMPLE_LIMIT),
    'Most samples of one check; further ones are left out, see docs/probes.md. 0 is any number.',
  ),
  depends_on: about(
    z.array(text(), { error: 'expected a list of services' }).default([]),
    'Services that this one needs: while one of them is down, its own alerts are muted.',
    { example: ['redis'] },
  ),
  group: about(
    words()
      .refine(name => [...name].length <= MAX_GROUP, `expected at most ${MAX_GROUP} characters`)
      .optional(),
    'Heading on the status page.',
    { example: 'Models', fallback: 'critical or other services' },
  ),
};

type CommonKeys = z.output<z.ZodObject<typeof serviceKeys>>;

/** A whole number within bounds, or `auto`, the default. */
const countOrAuto = (min: number, max: number) =>
  ofType(
    `auto or a whole number from ${min} to ${max}`,
    {
      anyOf: [
        { const: 'auto' },
        { type: 'integer', minimum: min, maximum: max },
        { type: 'string', pattern: '\\$\\{' },
      ],
    },
    parsedCountOrAuto(min, max),
  ).default('auto');

const parsedCountOrAuto = (min: number, max: number) =>
  z.unknown().transform((value, context): number | 'auto' => {
    if (value === 'auto') return value;
    const given = count(min, max).safeParse(value);
    if (given.success) return given.data;
    context.addIssue({ code: 'custom', message: `expected auto or a whole number from ${min} to ${max}` });
    return z.NEVER;
  });

const scan = section({
  intervals: about(
    section({
      critical: about(duration(100).default(30_000), 'Of critical services.'),
      other: about(duration(100).default(60_000), 'Of all others.'),
    }).prefault({}),
    'Time between two checks of a service; half of it while the cluster is degraded, a sixth while it is unhealthy.',
  ),
  max_concurrent_checks: about(
    countOrAuto(1, HIGHEST_LIMIT),
    'Checks at one time. `auto` is 5 for a small cluster, and more where services that hang would make others wait.',
  ),
  pool: about(
    section({
      connections: about(
        countOrAuto(1, 2 * HIGHEST_LIMIT),
        'Open connections in all; `auto` is 50 for a small cluster.',
      ),
      per_host: about(
        countOrAuto(1, 2 * HIGHEST_LIMIT),
        'Open connections to one host and port; `auto` is 10 for a small cluster.',
      ),
      keep_alive: about(duration(1000).default(60_000), 'How long an unused connection is kept.'),
      max_age: about(
        duration(1000).default(45_000),
        'A connection is not used again after this time, so that checks notice what a new client would meet.',
      ),
      max_requests: about(count(1).default(5), 'Requests on one connection.'),
    }).prefault({}),
    'Connections of checks over HTTP.',
  ),
});

const hostSection = section({
  enabled: about(
    flag().default(true),
    "Whether processor, memory, disks and network of the monitor's machine are measured.",
  ),
  interval: about(duration(1000).default(30_000), 'Time between two measurements.'),
  ...host.options(schemaKit).shape,
});

const query = section({
  url: about(
    httpUrl()
      .transform(url => url.replace(/\/+$/, ''))
      .optional(),
    'A Prometheus or VictoriaMetrics that is asked instead of keeping samples and evaluating rules here.',
    { example: 'http://127.0.0.1:9090' },
  ),
  timeout: about(duration(100).default(30_000), 'How long its answer may take.'),
  scrape_interval: about(
    duration(100)
      .refine(interval => interval <= LONGEST_SCRAPE_INTERVAL, {
        error: 'expected 2m at most: rules and queries take a series without a sample for 5 minutes as gone',
      })
      .optional(),
    'Time between two samples of each series, and between evaluations of rules; 2m at most. Not with `url`.',
    { example: '30s', fallback: '15s' },
  ),
  ...httpClientShape,
}).superRefine((config, context) => {
  if (config.url !== undefined && config.scrape_interval !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['scrape_interval'],
      message: 'with query.url the Prometheus there scrapes; set scrape_interval in its configuration',
    });
  const problem = httpClientProblem(config);
  if (problem) context.addIssue({ code: 'custom', message: problem });
  if (
    config.url === undefined &&
    (config.basic_auth || config.authorization || config.headers || config.tls_config)
  )
    context.addIssue({ code: 'custom', message: 'url is missing; without one the monitor answers itself' });
});

const links = section({
  grafana: about(
    httpUrl()
      .transform(url => url.replace(/\/+$/, ''))
      .optional(),
    'Grafana with the dashboards of `grafana/`: where `dashboard_url` of alerts leads.',
    { example: 'http://127.0.0.1:3000', fallback: 'the status page' },
  ),
  runbook: about(
    httpUrl().optional(),
    'A page with a section for each alert, named in lower case: where `runbook_url` leads.',
    {
      example: 'https://wiki.example.org/runbook',
      fallback: '/runbook of the monitor',
    },
  ),
});

interface ParsedService {
  readonly id: string;
  readonly kind: string;
  readonly common: CommonKeys;
  readonly options: Record<string, unknown>;
}

const services = z
  .record(z.string(), z.unknown(), { error: 'expected services by name, each with its settings' })
  .transform((entries, context) => {
    const parsed: ParsedService[] = [];
    for (const [id, entry] of Object.entries(entries)) {
      const service = parseService(id, entry, (path, message) =>
        context.addIssue({ code: 'custom', path: [id, ...path], message }),
      );
      if (service) parsed.push(service);
    }
    if (Object.keys(entries).length === 0)
      context.addIssue({ code: 'custom', message: 'name at least one service' });
    // A service with a mistake of its own is not in it.
    const graph = new Map(parsed.map(({ id, common }) => [id, common.depends_on]));
    for (const { id, index, message } of dependencyMistakes(graph, new Set(Object.keys(entries))))
      context.addIssue({ code: 'custom', path: [id, 'depends_on', index], message });
    return parsed;
  });

/** Everything monitor.yml may hold, but for the keys of the kinds of services. */
export const monitorYml = section({
  node: about(
    words().default(hostname()),
    'Name of this machine in `/health` and in `host_*`; no service may have it.',
    { example: 'worker-node4', fallback: 'the host name' },
  ),
  scan: about(scan.prefault({}), 'When and how services are checked.'),
  host: about(hostSection.prefault({}), 'The machine that the monitor runs on.'),
  query: about(query.prefault({}), 'Samples and rules: kept here, or asked for elsewhere.'),
  links: about(links.prefault({}), "Where alerts lead, instead of the monitor's own pages."),
  web: about(
    webSection.prefault({}),
    'Names and proxies under which browsers reach the monitor. Users and certificates are in the file of `--web.config.file`.',
  ),
  page: about(pageSection.prefault({}), 'The status page; see docs/page.md.'),
  rule_files: about(
    z
      .array(words(), { error: 'expected a list of files, or of patterns such as rules/*.rules.yml' })
      .optional(),
    "Rules in Prometheus' format, as files or patterns, relative to this file.",
    { example: ['rules/*.rules.yml'], fallback: 'a folder `rules` beside this file, or those that ship' },
  ),
  alerting: about(alertingSection(schemaKit).prefault({}), 'Where alerts go; see docs/alerting.md.'),
  actions: about(actionsSection(schemaKit).default([]), 'What is done about an alert by itself.'),
  reports: about(
    reportsSection(schemaKit).default([]),
    'Reports that are sent by schedule; see docs/reports.md.',
  ),
  services: about(services, 'What is monitored, by id: letters, digits, `_`, `-` and `.`.'),
  endpoints: about(
    endpointSection.prefault({}),
    'Where workflows call which kind of service, for `/best_endpoint`.',
  ),
}).superRefine((config, context) => {
  if (config.query.url !== undefined && config.alerting.alertmanagers !== undefined) {
    context.addIssue({
      code: 'custom',
      path: ['alerting', 'alertmanagers'],
      message:
        'with query.url the Prometheus there sends the alerts; name the Alertmanagers in its configuration',
    });
  }
  const ids = config.services.map(({ id }) => id);
  for (const { path, message } of unknownServices(config.endpoints, ids))
    context.addIssue({ code: 'custom', path: ['endpoints', ...path], message });
  for (const [i, id] of config.page.hide.entries())
    if (!ids.includes(id))
      context.addIssue({
        code: 'custom',
        path: ['page', 'hide', i],
        message: `no service "${id}"${didYouMean(id, ids)}`,
      });
  if (config.services.some(service => service.id === config.node)) {
    context.addIssue({
      code: 'custom',
      path: ['services', config.node],
      message: 'is the name of the node too; call the service or the node something else',
    });
  }
});

type Complain = (path: (string | number)[], message: string) => void;

interface ServiceSchema {
  /** Keys of the kind's own. */
  readonly shape: z.ZodRawShape;
  /** All keys of a service. */
  readonly schema: z.ZodObject;
}

/** Made once for each kind: making one takes longer than a hundred uses. */
const serviceSchemas = new Map<string, ServiceSchema>();

function schemasOf(kind: ProbeKind): ServiceSchema {
  let known = serviceSchemas.get(kind.kind);
  if (!known) {
    const { shape } = kind.options(schemaKit);
    known = { shape, schema: section({ ...serviceKeys, ...shape }) };
    serviceSchemas.set(kind.kind, known);
  }
  return known;
}

/** All keys of a service of one kind. */
export function serviceSchema(kind: string): z.ZodObject {
  return schemasOf(kinds.find(each => each.kind === kind) as ProbeKind).schema;
}

function parseService(id: string, entry: unknown, complain: Complain): ParsedService | undefined {
  if (!ID.test(id)) {
    complain([], 'a service is named with letters, digits, "_", "-" and "."');
    return undefined;
  }
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) {
    complain([], 'expected the settings of a service');
    return undefined;
  }
  const word = (entry as { kind?: unknown }).kind ?? (entry as { check_type?: unknown }).check_type ?? 'http';
  const kind = kinds.find(each => each.kind === word);
  if (!kind) {
    const names = kinds.map(each => each.kind);
    complain(
      ['kind'],
      `no kind ${JSON.stringify(word)}${didYouMean(String(word), names) || `; there are ${names.join(', ')}`}`,
    );
    return undefined;
  }
  const { shape, schema } = schemasOf(kind);
  const result = schema.safeParse(entry);
  if (!result.success) {
    for (const issue of result.error.issues) {
      for (const message of issue.message.split('\n')) complain(issue.path as (string | number)[], message);
    }
    return undefined;
  }
  const all: Record<string, unknown> = result.data;
  const options = Object.fromEntries(Object.entries(all).filter(([key]) => key in shape));
  const problem = kind.check?.(options);
  if (problem) complain([], problem);
  return { id, kind: kind.kind, common: all as unknown as CommonKeys, options };
}

/**
 * Reads monitor.yml.
 * @throws ConfigError with every mistake in it.
 */
export function loadConfiguration(file: string, env?: NodeJS.ProcessEnv): Configuration {
  const config = loadYaml(file, monitorYml, env);
  const { intervals, max_concurrent_checks, pool } = config.scan;
  const targets = config.services.map(service => checkOf(service, intervals));
  const concurrency = planConcurrency(targets, max_concurrent_checks);
  if (config.host.enabled) targets.push(hostCheck(config.node, config.host));
  const delivery = deliveryOf(file, config);
  return {
    node: config.node,
    services: config.services.map(service => serviceOf(service, config.page.hide)),
    prober: {
      targets,
      concurrency,
      connections: connectionsOf(pool, concurrency.limit),
      scan: intervals.critical,
    },
    remote: remoteOf(config.query),
    scrapeInterval: config.query.scrape_interval ?? SCRAPE_INTERVAL,
    endpoints: config.endpoints,
    rules: config.query.url === undefined ? rulesOf(file, config.rule_files) : [],
    delivery,
    reports: reportsOf(file, config, delivery),
    actions: config.actions.map(actionOf),
    sms: smsOf(config.alerting.sms),
    links: config.links,
    web: config.web,
    page: config.page,
  };
}

function connectionsOf(pool: z.output<typeof scan>['pool'], limit: number): ConnectionLimits {
  const planned = planPool(limit);
  return {
    total: pool.connections === 'auto' ? planned.connections : pool.connections,
    perHost: pool.per_host === 'auto' ? planned.perHost : pool.per_host,
    keepAlive: pool.keep_alive,
    maxAge: pool.max_age,
    maxRequests: pool.max_requests,
  };
}

/** Beside the configuration, or those that ship with the program. */
const RULES = 'rules/*.rules.yml';
const SHIPPED = fileURLToPath(new URL('../..', import.meta.url));

function rulesOf(file: string, patterns: readonly string[] | undefined): TransferredRuleFile[] {
  const beside = loadRuleFiles(patterns ?? [RULES], dirname(file));
  const rules = patterns || beside.length > 0 ? beside : loadRuleFiles([RULES], SHIPPED);
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
function deliveryOf(file: string, { query, alerting }: z.output<typeof monitorYml>): DeliveryConfig {
  if (query.url !== undefined) return { by: 'prometheus', url: query.url };
  const { alertmanagers, config_file } = alerting;
  if (alertmanagers) return { by: 'alertmanagers', alertmanagers };
  return { by: 'us', config: alertmanagerYml(file, config_file) };
}

/** @param named in `alerting.config_file` */
function alertmanagerYml(file: string, named: string | undefined): AlertmanagerConfig {
  const places = [join(dirname(file), ALERTMANAGER_YML), join(SHIPPED, ALERTMANAGER_YML)];
  const found = named ?? places.find(path => existsSync(path));
  return found === undefined ? logOnly(places) : loadAlertmanagerConfig(found);
}

/** Their receivers are those of alertmanager.yml, also where another Alertmanager has the same file and delivers alerts. */
function reportsOf(
  file: string,
  { reports, alerting }: z.output<typeof monitorYml>,
  delivery: DeliveryConfig,
): ReportPlan {
  if (reports.length === 0) return { reports, config: undefined };
  const config = delivery.by === 'us' ? delivery.config : alertmanagerYml(file, alerting.config_file);
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

function actionOf({
  max_per_hour,
  command,
  ...rest
}: z.output<typeof monitorYml>['actions'][number]): ActionDefinition {
  const { webhook } = rest;
  return { ...rest, webhook, command: command as ActionDefinition['command'], maxPerHour: max_per_hour };
}

function smsOf(sms: z.output<typeof monitorYml>['alerting']['sms']): SmsSettings | undefined {
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

function remoteOf({ url, scrape_interval: _, ...rest }: z.output<typeof query>): RemoteOptions | undefined {
  return url === undefined ? undefined : { url, ...rest };
}

function serviceOf({ id, kind, common }: ParsedService, hidden: readonly string[]): Service {
  return {
    id,
    name: common.name ?? id,
    kind,
    critical: common.critical,
    severity: common.severity ?? (common.critical ? 'critical' : 'warning'),
    dependsOn: common.depends_on,
    ...(common.group !== undefined && { group: common.group }),
    ...(hidden.includes(id) && { isHidden: true as const }),
  };
}

function checkOf(service: ParsedService, intervals: { critical: Millis; other: Millis }): TargetConfig {
  const { critical, timeout, slow_after, confirm, interval, sample_limit } = service.common;
  return {
    id: service.id,
    kind: service.kind,
    isService: true,
    options: service.options,
    critical,
    timeout,
    slowAfter: slow_after ?? Math.min(MAX_SLOW_AFTER, timeout / 2),
    confirm,
    // As in Prometheus, 0 is no limit.
    sampleLimit: sample_limit || Number.POSITIVE_INFINITY,
    interval: interval ?? (critical ? intervals.critical : intervals.other),
  };
}

/** The node's own figures are read by a check like any other, which is no service of the cluster's. */
function hostCheck(
  node: string,
  { interval, enabled: _, ...options }: z.output<typeof hostSection>,
): TargetConfig {
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
