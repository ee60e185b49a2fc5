// `langgraph-monitor test-receiver NAME`: a test notification through the receiver's real integrations, and what each server
// answered.

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { AlertmanagerConfig } from '../alertmanager/config/definition.js';
import { loadAlertmanagerConfig } from '../alertmanager/config/load.js';
import { describeTest, testReceiver, UnknownReceiver } from '../alertmanager/receiver-test/send.js';
import { receiverKinds } from '../alertmanager/receivers/index.js';
import { loadConfiguration } from '../app/configuration.js';
import { ConfigError } from '../config/load.js';
import { systemClock } from '../model/time.js';
import { isAlertmanagers } from './check-config.js';
import { UsageError } from './flags.js';
import type { Output } from './output.js';

const NAME = 'test-receiver';
const OPTIONS = {
  'config.file': { type: 'string', default: 'alertmanager.yml' },
  integration: { type: 'string' },
  'web.external-url': { type: 'string', default: '' },
} as const;

/**
 * Runs the command with what follows its name; resolves with the exit code: 0 when every integration took the
 * notification, else 1. @throws UsageError | ConfigError
 */
export async function testReceiverCommand(args: readonly string[], output: Output): Promise<number> {
  const { values, positionals } = parse(args);
  const [receiver, more] = positionals;
  const file = values['config.file'];
  const config = configOf(file);
  const names = config.receivers.map(({ name }) => name).join(', ');
  if (receiver === undefined)
    throw new UsageError(`${NAME} wants the name of a receiver; there are: ${names}`);
  if (more !== undefined) throw new UsageError(`${NAME}: unexpected ${more}; one receiver at a time`);
  const tests = await testReceiver({
    config,
    kinds: receiverKinds,
    receiver,
    index: indexOf(values.integration),
    externalUrl: values['web.external-url'].replace(/\/+$/, ''),
    clock: systemClock,
  }).catch(error => {
    throw error instanceof UnknownReceiver ? new UsageError(`${NAME}: ${error.message}`) : error;
  });
  for (const test of tests) for (const line of describeTest(test)) output.out(line);
  if (tests.length === 0)
    output.out(
      `${receiver} has no integrations: what it gets is only written to the log; add some in ${file}`,
    );
  return tests.length > 0 && tests.every(({ outcome }) => outcome === 'sent') ? 0 : 1;
}

/** The receivers of an alertmanager.yml, or of the one a monitor.yml names. */
function configOf(file: string): AlertmanagerConfig {
  if (isAlertmanagers(file) || !existsSync(file)) return loadAlertmanagerConfig(file);
  const { delivery } = loadConfiguration(file);
  if (delivery.by === 'embedded') return delivery.config;
  throw new ConfigError([
    `${file}: another Alertmanager delivers; its receivers are in its own configuration`,
  ]);
}

function indexOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new UsageError(`${NAME}: --integration wants a number from 0, not ${JSON.stringify(text)}`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    const [line = ''] = (error as Error).message.split(/\. |\n/);
    const known = Object.keys(OPTIONS).map(name => `--${name}`);
    throw new UsageError(`${NAME}: ${line}; there are ${known.join(', ')}`);
  }
}
