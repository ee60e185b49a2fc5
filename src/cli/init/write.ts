// A commented monitor.yml of what was found. Comes in: services, jobs and what was left; goes out: the text of the file,
// which check-config takes as it stands.

import { hostname } from 'node:os';
import type { Found, FoundJob, FoundService } from './found.js';

/** Kinds whose services count for the status of the cluster until a user says otherwise. */
const CRITICAL = new Set(['ollama', 'openai', 'langgraph']);
/** Kinds that workflows send requests to. */
const MODEL_SERVERS = new Set(['ollama', 'openai']);
/** Characters of a comment; a reason may quote a file. */
const MAX_COMMENT = 1000;

/** @param source what it was made from, for the first line */
export function monitorYml(found: Found, source: string): string {
  const ids = idsOf(found.services.length > 0 ? found.services : [EXAMPLE]);
  return [
    `# What is monitored, made from ${comment(source)}. Look through it, then check it: langgraph-monitor check-config monitor.yml`,
    "# A running monitor reads it again on kill -HUP. Durations are Prometheus' (500ms, 30s, 5m).",
    '',
    ...leftLines(found.left),
    'scan:',
    '  intervals: { critical: 30s, other: 60s }   # more often while something is wrong',
    '',
    ...(found.services.length > 0
      ? ['services:']
      : ['# No service was found, and a monitor.yml has at least one: put one of yours here.', 'services:']),
    ...[...ids].flatMap(([id, service]) => serviceLines(id, service)),
    ...endpointLines(ids),
    ...scrapeLines(found),
    '# What counts as wrong is in rule files; the shipped ones are used unless some are named.',
    '# rule_files: [rules/*.rules.yml]',
    '',
    '# Who is notified: alertmanager.yml beside this file. Until a receiver there has settings, alerts go to the log.',
    '# alerting: { config_file: alertmanager.yml }',
    '',
  ].join('\n');
}

const EXAMPLE: FoundService = {
  name: 'Tools Server',
  kind: 'http',
  settings: { url: 'http://127.0.0.1:8080/health' },
};

function idsOf(services: readonly FoundService[]): Map<string, FoundService> {
  // No service may have the name of the monitoring node.
  const taken = new Set([hostname()]);
  const ids = new Map<string, FoundService>();
  for (const service of services) {
    const stem =
      service.name
        .toLowerCase()
        .replace(/[^a-z0-9.-]+/g, '_')
        .replace(/^[_.-]+|[_.-]+$/g, '') || service.kind;
    let id = stem;
    for (let i = 2; taken.has(id); i++) id = `${stem}_${i}`;
    taken.add(id);
    ids.set(id, service);
  }
  return ids;
}

function serviceLines(id: string, { name, kind, settings, comments = [], suggested = [] }: FoundService) {
  return [
    `  ${id}:`,
    ...comments.map(each => `    # ${comment(each)}`),
    `    name: ${yamlText(name.trim() || id)}`,
    `    kind: ${kind}`,
    ...Object.entries(settings).map(
      ([key, value]) => `    ${key}: ${value === true ? 'true' : yamlText(value)}`,
    ),
    CRITICAL.has(kind)
      ? '    critical: true                  # counts for the status of the cluster; its alerts are critical'
      : '    critical: false',
    '    timeout: 10s',
    ...suggested.map(each => `    # ${comment(each)}`),
    '',
  ];
}

function endpointLines(ids: ReadonlyMap<string, FoundService>): string[] {
  const candidates = [...ids].flatMap(([id, { kind, settings }]) =>
    MODEL_SERVERS.has(kind) && typeof settings.url === 'string'
      ? [`    - { service: ${id}, url: ${yamlText(new URL(settings.url).origin, true)} }`]
      : [],
  );
  if (candidates.length === 0) return [];
  return [
    '# Where workflows send requests, best first: GET /best_endpoint?capability=llm answers with the first that is healthy.',
    'endpoints:',
    '  llm:',
    ...candidates,
    '',
  ];
}

function scrapeLines({ jobs, sections }: Found): string[] {
  const { global = '', scrapeConfigs = '', files = [], jobNames = new Set<string>() } = sections ?? {};
  const own = merged(jobs).flatMap(({ name, targets, tls }) => [
    `  - job_name: ${yamlText(unused(name, jobNames))}`,
    ...(tls ? ['    scheme: https'] : []),
    ...(tls && !tls.isTrusted
      ? [
          '    # tls_config: { ca_file: ca.pem }   # certificates are not trusted here: put that of their authority there',
        ]
      : []),
    '    static_configs:',
    `      - targets: [${targets.map(each => yamlText(each, true)).join(', ')}]`,
  ]);
  const configs = [...(scrapeConfigs === '' ? [] : [scrapeConfigs.trimEnd()]), ...own];
  return [
    ...(global === '' ? [] : [global.trimEnd(), '']),
    ...(files.length === 0
      ? []
      : ['scrape_config_files:', ...files.map(each => `  - ${yamlText(each, true)}`), '']),
    ...(configs.length === 0
      ? []
      : ["# What is scraped, in Prometheus' format.", 'scrape_configs:', ...configs, '']),
  ];
}

/** The name, or one made of it that no other job has. */
function unused(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let i = 2; ; i++) if (!taken.has(`${name}_${i}`)) return `${name}_${i}`;
}

/** One job for all targets of a name; those that are scraped with TLS have another one. */
function merged(jobs: readonly FoundJob[]): FoundJob[] {
  const byName = new Map<string, FoundJob>();
  for (const { name, targets, tls } of jobs) {
    const own = tls ? `${name}_https` : name;
    const known = byName.get(own);
    const all = [...new Set([...(known?.targets ?? []), ...targets])];
    const isTrusted = tls?.isTrusted === true && known?.tls?.isTrusted !== false;
    byName.set(own, { name: own, targets: all, ...(tls && { tls: { isTrusted } }) });
  }
  return [...byName.values()];
}

function leftLines(left: readonly string[]): string[] {
  if (left.length === 0) return [];
  return ['# Not taken over:', ...left.map(each => `# * ${comment(each)}`), ''];
}

/** A text as a value; a dollar sign would begin a variable. */
function yamlText(text: string, isInFlow = false): string {
  const plain = isInFlow ? /^$/ : /^[a-zA-Z](?:[\w./?=&%+@-]|:(?=[^\s])| (?=[\w(]))*$/;
  const isWord = /^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return (plain.test(text) && !isWord ? text : JSON.stringify(text)).replaceAll('$', '$$$$');
}

/** One line, whatever the text. */
function comment(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a comment must not end before its line
  const line = text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ').trim();
  return line.length > MAX_COMMENT ? `${line.slice(0, MAX_COMMENT)} ...` : line;
}
