// Which formats targets are asked for and how names are checked: the keys that a job has and `global` gives defaults for.
// Source: Prometheus, config/config.go.

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { quote } from '../../go/quote.js';
import type { NameValidation } from '../../model/label-name.js';
import type { NameEscaping, ScrapeProtocol } from '../target.js';

const PROTOCOLS: readonly ScrapeProtocol[] = [
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText1.0.0',
  'PrometheusText0.0.4',
];
/** It is how native histograms are scraped, which there are none of here. */
const PROTOBUF = 'PrometheusProto';

/** What targets are asked for by default, the most wanted first. */
export const DEFAULT_PROTOCOLS = PROTOCOLS;

/** Reads `scrape_protocols`; undefined when it is not there. */
export function readProtocols(
  decoder: Decoder,
  node: Field,
  warn: (node: YamlNode, reason: string) => void,
): readonly ScrapeProtocol[] | undefined {
  if (isAbsent(node)) return undefined;
  const names = decoder.list(node, 'config.ScrapeProtocol').map(item => decoder.text(item));
  const problem = node.kind === 'sequence' ? protocolsProblem(names) : undefined;
  if (problem) decoder.addMistake(node, problem);
  if (names.includes(PROTOBUF)) warn(node, `${PROTOBUF} is not supported and left out`);
  return names.filter(isProtocol);
}

function protocolsProblem(names: readonly string[]): string | undefined {
  if (names.length === 0) return 'scrape_protocols cannot be empty';
  const known = new Set<string>();
  for (const name of names) {
    if (known.has(name.toLowerCase()))
      return `duplicated protocol in scrape_protocols, got [${names.join(' ')}]`;
    known.add(name.toLowerCase());
    const problem = name === PROTOBUF ? undefined : unknownProtocol(name);
    if (problem) return `scrape_protocols: ${problem}`;
  }
  if (names.every(name => name === PROTOBUF))
    return `scrape_protocols: ${PROTOBUF} is not supported; name a text format too, such as PrometheusText0.0.4`;
  return undefined;
}

function isProtocol(name: string): name is ScrapeProtocol {
  return (PROTOCOLS as readonly string[]).includes(name);
}

function unknownProtocol(name: string): string | undefined {
  return isProtocol(name)
    ? undefined
    : `unknown scrape protocol ${name}, supported: [${[...PROTOCOLS].sort().join(' ')}]`;
}

/** Reads `fallback_scrape_protocol`. */
export function readFallbackProtocol(decoder: Decoder, node: Field): ScrapeProtocol | undefined {
  const name = decoder.text(node);
  if (name === '' || !node) return undefined;
  if (isProtocol(name)) return name;
  decoder.addMistake(node, `invalid fallback_scrape_protocol: ${unknownProtocol(name)}`);
  return undefined;
}

/** Reads `metric_name_validation_scheme`; undefined when it is not there. */
export function readNameValidation(decoder: Decoder, node: Field): NameValidation | undefined {
  const name = decoder.text(node);
  if (name === '' || !node) return undefined;
  if (name === 'utf8' || name === 'legacy') return name;
  decoder.addMistake(
    node,
    `unknown name validation method specified, must be either '', 'legacy' or 'utf8', got ${name}`,
  );
  return undefined;
}

const ESCAPINGS: readonly NameEscaping[] = ['allow-utf-8', 'underscores', 'dots', 'values'];

/** Reads `metric_name_escaping_scheme`; undefined when it is not there. */
export function readNameEscaping(decoder: Decoder, node: Field): NameEscaping | undefined {
  const name = decoder.text(node);
  if (name === '' || !node) return undefined;
  const escaping = ESCAPINGS.find(each => each === name);
  if (!escaping)
    decoder.addMistake(
      node,
      `unknown name escaping method specified, must be one of 'allow-utf-8', 'underscores', 'dots', or 'values', got ${quote(name)}`,
    );
  return escaping;
}
