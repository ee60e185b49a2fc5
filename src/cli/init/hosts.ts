// Hosts as a source: asks each named host on the usual ports, or on the one that is named, what answers there. All ports
// of a host are asked side by side, hosts one after the other.

import { literalAddress } from '../../net/address.js';
import { systemResolver } from '../../net/resolver.js';
import { askBytes, askTls, isOpen, type Port } from './ask.js';
import type { AskedHost } from './asked-hosts.js';
import { type Found, hostPortText, joined, NOTHING } from './found.js';
import {
  exporter,
  haproxy,
  health,
  type Identified,
  langgraph,
  litellm,
  ollama,
  openai,
  postgres,
  type Question,
  redis,
} from './identify.js';

/** Ports, and what each is asked until an answer is understood. */
type PortQuestions = ReadonlyMap<number, readonly Question[]>;

const USUAL_PORTS: PortQuestions = new Map([
  [11434, [ollama, openai, health]],
  [8000, [openai, langgraph, health]],
  [8080, [openai, health]],
  [1234, [openai, health]],
  [4000, [litellm, openai, health]],
  [2024, [langgraph, health]],
  [8123, [langgraph, health]],
  [8404, [haproxy, exporter, health]],
  [9000, [haproxy, health]],
  [6379, [redis]],
  [5432, [postgres]],
  [9100, [exporter, health]],
  [9121, [exporter, health]],
  [9187, [exporter, health]],
  [9400, [exporter, health]],
  [9835, [exporter, health]],
  [8405, [exporter, health]],
]);

/** Of a port that may be anything. */
const HTTP_QUESTIONS = [ollama, openai, langgraph, litellm, haproxy, exporter, health];

/** Milliseconds a name may take to be looked up. */
const LOOKUP_TIMEOUT = 5000;

/** The names among hosts that have no address. */
export async function unknownHosts(hosts: readonly AskedHost[]): Promise<string[]> {
  const names = [...new Set(hosts.map(({ host }) => host))].filter(host => !literalAddress(host));
  const known = await Promise.all(names.map(isKnown));
  return names.filter((_, i) => !known[i]);
}

async function isKnown(host: string): Promise<boolean> {
  try {
    await systemResolver().lookup(host, { signal: AbortSignal.timeout(LOOKUP_TIMEOUT) });
    return true;
  } catch {
    return false;
  }
}

/**
 * Asks all of them. Rejects for nothing that a host does or leaves undone.
 * @param say called with a line for each port that answered and each host that left ports unanswered
 * @param usual the ports of a host that is named without one
 */
export async function fromHosts(
  hosts: readonly AskedHost[],
  say: (line: string) => void,
  usual: PortQuestions = USUAL_PORTS,
): Promise<Found> {
  let found = NOTHING;
  for (const { host, port } of hosts) {
    const ports = port === undefined ? [...usual.keys()] : [port];
    const answers = await Promise.all(ports.map(each => identify({ host, port: each }, usual)));
    const silent = ports.filter((_, i) => answers[i] === undefined);
    for (const [i, answer] of answers.entries()) {
      if (!answer) continue;
      const where = hostPortText(host, ports[i] as number);
      say(`${where} ${answer.what}`);
      found = joined(found, asFound(where, answer));
    }
    if (silent.length > 0)
      say(`${host} did not answer on ${silent.length > 1 ? 'ports' : 'port'} ${silent.join(', ')}`);
  }
  return found;
}

function asFound(where: string, { service, job, left }: Identified): Found {
  return {
    services: service ? [service] : [],
    jobs: job ? [job] : [],
    left: left === undefined ? [] : [`${where}: ${left}`],
  };
}

/** What a port is; undefined when no connection is accepted. */
async function identify(port: Port, usual: PortQuestions): Promise<Identified | undefined> {
  if (!(await isOpen(port))) return undefined;
  const questions = await questionsFor(port, usual);
  const plain = await firstAnswer(port, questions);
  if (plain?.service || plain?.job) return plain;
  return (
    (await overTls(port, questions)) ??
    plain ?? {
      what: 'open, but not known here',
      left: 'it accepts connections, but is no service that is known here',
    }
  );
}

async function firstAnswer(port: Port, questions: readonly Question[]): Promise<Identified | undefined> {
  for (const question of questions) {
    const answer = await question(port);
    if (answer) return answer;
  }
  return undefined;
}

const WITHOUT_HTTP: readonly Question[] = [redis, postgres];
const UNTRUSTED =
  'tls_config: { ca_file: ca.pem }   # its certificate is not trusted here: put that of its authority there, and take the # off';

/** What a port is that has to be asked with TLS; undefined where it speaks none. */
async function overTls(port: Port, all: readonly Question[]): Promise<Identified | undefined> {
  const questions = all.filter(question => !WITHOUT_HTTP.includes(question));
  const tls = questions.length > 0 ? await askTls(port) : undefined;
  const answer = tls && (await firstAnswer({ ...port, tls }, questions));
  if (!answer) return undefined;
  const { what, service, ...rest } = answer;
  const suggested = [...(service?.suggested ?? []), ...(tls.isTrusted ? [] : [UNTRUSTED])];
  return { ...rest, what: `${what}, over HTTPS`, ...(service && { service: { ...service, suggested } }) };
}

/**
 * What to ask a port that may be anything. A PING comes first: an HTTP server refuses it, while Redis logs a request of
 * HTTP as an attack.
 */
async function questionsFor(port: Port, ports: PortQuestions): Promise<readonly Question[]> {
  const usual = ports.get(port.port);
  if (usual) return usual;
  const answer = (await askBytes(port, 'PING\r\n')).toString('latin1');
  if (/^[+-]/.test(answer)) return [redis];
  return answer.startsWith('HTTP/') ? HTTP_QUESTIONS : [postgres, ...HTTP_QUESTIONS];
}
