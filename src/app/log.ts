// The log: one line per event on standard error, logfmt as Prometheus writes it, or JSON.

import { type Logger, pino } from 'pino';
import type { LogFormat, LogLevel } from '../model/log.js';

export type { Logger } from 'pino';

/** Makes the program's logger. Fields come first, the message second: `log.info({ target }, 'Service is up')`. */
export function createLog(
  level: LogLevel,
  format: LogFormat,
  out: { write(line: string): unknown } = process.stderr,
): Logger {
  const write =
    format === 'json' ? (line: string) => out.write(line) : (line: string) => out.write(logfmt(line));
  return pino(
    {
      level,
      base: null,
      messageKey: 'msg',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: label => ({ level: label }), log: withoutEmpty },
    },
    { write },
  );
}

/** Fields without a value are left out: `target=""` of an alert about the whole cluster says nothing. */
function withoutEmpty(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/** A JSON line as `key=value` pairs. */
export function logfmt(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries({ time, level, msg, ...fields })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${quote(value)}`);
  return `${pairs.join(' ')}\n`;
}

function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/^[^\s"=\\\p{Cc}]+$/u.test(text)) return text;
  // JSON leaves some control characters as they are; a terminal obeys them.
  return JSON.stringify(text).replace(/\p{Cc}/gu, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
