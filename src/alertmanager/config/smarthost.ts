// Mail servers of alertmanager.yml: `host:port`. Source: Go, net.SplitHostPort.

import type { Decoder, Field } from '../../config/decode.js';
import type { SmtpDefaults } from './definition.js';

/** Ports that SMTP is known to have by name. */
const NAMED_PORTS: Readonly<Record<string, number>> = {
  smtp: 25,
  smtps: 465,
  submission: 587,
  submissions: 465,
};

/** A `smarthost`; undefined when it is not there or is none. */
export function readSmarthost(decoder: Decoder, node: Field): SmtpDefaults['smarthost'] {
  const text = decoder.text(node);
  if (text === '' || !node) return undefined;
  const parsed = splitHostPort(text);
  if (typeof parsed !== 'string') return parsed;
  decoder.addMistake(node, `address ${text}: ${parsed}`);
  return undefined;
}

function splitHostPort(text: string): { host: string; port: number } | string {
  const parts = /^(?:\[([^[\]]*)\]|([^[\]]*)):([^:[\]]*)$/.exec(text);
  if (!parts) return text.includes(':') ? 'too many colons in address' : 'missing port in address';
  const host = parts[1] ?? parts[2] ?? '';
  const written = parts[3] ?? '';
  if (parts[1] === undefined && host.includes(':')) return 'too many colons in address';
  if (written === '') return 'port cannot be empty';
  const port = NAMED_PORTS[written] ?? (/^\d{1,5}$/.test(written) ? Number(written) : Number.NaN);
  return port >= 1 && port <= 65_535 ? { host, port } : 'the port is none';
}
