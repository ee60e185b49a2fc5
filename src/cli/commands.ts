// The commands, a line each. Each loads its own code when it runs: the others answer at once.

import type { Command } from './command.js';
import { parseFlags, UsageError } from './flags.js';

export const commands: readonly Command[] = [
  {
    name: 'init',
    forms: [
      {
        words: '[--from=FILE] [HOST...]',
        does: 'write a first monitor.yml and alertmanager.yml, of what is there already',
      },
    ],
    flags: [
      {
        name: 'from',
        placeholder: 'FILE',
        help: 'A haproxy.cfg, docker-compose.yml or prometheus.yml to take services and scrape jobs from.',
      },
      { name: 'dir', placeholder: 'DIR', help: 'Folder to write into (default the current one).' },
    ],
    commonFlags: [],
    notes: [
      'Never writes over a file that is there. Of FILE nothing is contacted, and no secret is copied.',
      'HOST is a name, an address or HOST:PORT, at most 16 of them; no network is scanned. Each is asked on the usual ports',
      'whether it is Ollama, vLLM, llama.cpp, LM Studio, LiteLLM, LangGraph, HAProxy, Redis, PostgreSQL or an exporter.',
    ],
    run: async (args, output) => (await import('./init.js')).init(args, output),
  },
  {
    name: 'check-config',
    forms: [
      {
        words: 'FILE...',
        does: 'check configuration files: monitor.yml, alertmanager.yml or prometheus.yml',
      },
    ],
    flags: [],
    commonFlags: [],
    notes: ['Exit code 0 when all are valid, else 1 with a line for each mistake.'],
    run: async (args, output) => (await import('./check-config.js')).checkConfigCommand(args, output),
  },
  {
    name: 'check-rules',
    forms: [{ words: 'FILE...', does: 'check rule files, as promtool check rules does' }],
    flags: [],
    commonFlags: [],
    notes: [],
    run: async (args, output) => (await import('./rules.js')).ruleCommand('check-rules', args, output),
  },
  {
    name: 'test-rules',
    forms: [{ words: 'FILE...', does: 'run unit tests of rules, as promtool test rules does' }],
    flags: [],
    commonFlags: [],
    notes: [],
    run: async (args, output) => (await import('./rules.js')).ruleCommand('test-rules', args, output),
  },
  {
    name: 'check-routes',
    forms: [
      {
        words: '[test] LABEL=VALUE...',
        does: 'show which receivers an alert reaches, as amtool config routes test does',
      },
      { words: 'show', does: 'show the routing tree, as amtool config routes show does' },
    ],
    flags: [
      {
        name: 'config.file',
        placeholder: 'FILE',
        help: 'Routes and receivers (default alertmanager.yml)',
      },
      {
        name: 'verify.receivers',
        placeholder: 'NAME,...',
        help: 'Receivers to expect, in this order; others are exit code 1.',
      },
      { name: 'tree', help: 'Print the matching routes too.' },
    ],
    commonFlags: [],
    notes: ['For example: langgraph-monitor check-routes severity=critical target=redis'],
    run: async (args, output) => (await import('./routes.js')).checkRoutes(args, output),
  },
  {
    name: 'test-receiver',
    forms: [
      { words: 'NAME', does: 'send a test notification to a receiver and show what its servers answer' },
    ],
    flags: [
      {
        name: 'config.file',
        placeholder: 'FILE',
        help: 'Receivers (default alertmanager.yml); a monitor.yml that names them will do.',
      },
      {
        name: 'integration',
        placeholder: 'N',
        help: 'Only this integration of the receiver, counted from 0.',
      },
      { name: 'web.external-url', placeholder: 'URL', help: 'Where links in the notification lead.' },
    ],
    commonFlags: [],
    notes: [
      'The notification says that it is a test. A PagerDuty incident it opens is resolved at once.',
      'Exit code 0 when every integration took it, 1 when one did not or there is none, 2 for a name that is unknown.',
    ],
    run: async (args, output) => (await import('./test-receiver.js')).testReceiverCommand(args, output),
  },
  {
    name: 'import',
    forms: [{ words: 'FILE...', does: 'add samples from files in the OpenMetrics format' }],
    flags: [],
    commonFlags: ['storage.path'],
    notes: ['The monitor may run meanwhile. The first file that fails ends it; what was added before stays.'],
    run: async (args, output) => (await import('./import.js')).importFiles(args, output),
  },
  {
    name: 'backfill-rules',
    forms: [
      {
        words: '--start=TIME [--end=TIME] [FILE...]',
        does: 'evaluate rules over stored history, as promtool tsdb create-blocks-from rules does',
      },
    ],
    flags: [
      { name: 'start', placeholder: 'TIME', help: 'First moment, RFC 3339 or Unix seconds.' },
      { name: 'end', placeholder: 'TIME', help: 'Last moment (default: now).' },
      {
        name: 'eval-interval',
        placeholder: 'DURATION',
        help: 'Of groups that name no interval (default 1m; without FILE that of the monitor).',
      },
    ],
    commonFlags: [
      'config.file',
      'storage.path',
      'query.lookback-delta',
      'query.max-samples',
      'web.external-url',
    ],
    notes: [
      'Writes what recording rules record, ALERTS and ALERTS_FOR_STATE; a sample that is there already stays.',
      'Without FILE the rules of --config.file. No monitor may run on the folder meanwhile. All is written or nothing.',
      'Exit code 1 when an evaluation of a rule failed; what the others made is written.',
    ],
    run: async (args, output) => (await import('./backfill-rules.js')).backfillRulesCommand(args, output),
  },
  {
    name: 'report',
    forms: [{ words: '[FLAGS]', does: 'write a report of uptime, outages, speed and what is to come' }],
    flags: [
      { name: 'days', placeholder: 'N', help: 'How many days back (default 7).' },
      { name: 'month', placeholder: 'YYYY-MM', help: 'A month of the local calendar instead.' },
      {
        name: 'format',
        placeholder: 'html|md|json|csv',
        help: 'By default as the file is named; md without --output.',
      },
      { name: 'output', placeholder: 'FILE', help: 'Where to (default standard output).' },
    ],
    commonFlags: ['config.file', 'storage.path', 'query.timeout', 'web.external-url'],
    notes: [
      'Reads the samples in --storage.path, which a running monitor may be using, or asks the Prometheus at query.url.',
      '`reports` in monitor.yml sends the same by schedule; a running monitor serves it at /report.',
    ],
    run: async (args, output) => (await import('./report.js')).reportCommand(args, output),
  },
  {
    name: 'demo',
    forms: [{ words: '[FLAGS]', does: 'watch a simulated cluster, on loopback' }],
    flags: [],
    commonFlags: ['web.listen-address', 'log.level', 'log.format'],
    notes: [
      'Nothing is left behind when it ends. It takes every flag of the monitor; langgraph-monitor --help.',
    ],
    run: demo,
  },
];

/** The demo is a program of its own, which reads the process' arguments and sets the exit code. */
async function demo(args: readonly string[]): Promise<number> {
  // What the monitor would refuse is said before a cluster is started for it.
  const [word] = parseFlags(args).words;
  if (word !== undefined) throw new UsageError(`demo: unexpected ${word}; it takes flags alone`);
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...args);
  await import(new URL('../demo/main.js', import.meta.url).href);
  return Number(process.exitCode ?? 0);
}
