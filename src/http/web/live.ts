// The web configuration in force. It follows its files by itself, because certificates are renewed by programs that do
// not say so.

import { statSync } from 'node:fs';
import type { HttpLog } from '../failure.js';
import type { WebConfig } from '../web-config.js';
import type { TlsDoor } from './tls.js';

/** How often the files are looked at, in milliseconds. */
const LOOK_EVERY = 1000;

/** Made by whoever serves by it, who also closes it. */
export class LiveWebConfig {
  readonly #onTls: (tls: TlsDoor) => void;
  readonly #log: HttpLog;
  readonly #looking: NodeJS.Timeout;
  #current: WebConfig;
  /** What the files looked like when they were last read. */
  #seen: string;

  /** @param onTls is told of TLS settings that differ from those at the start */
  constructor(config: WebConfig, onTls: (tls: TlsDoor) => void, log: HttpLog) {
    this.#current = config;
    this.#onTls = onTls;
    this.#log = log;
    this.#seen = looksOf(config.files);
    this.#looking = setInterval(() => this.look(), LOOK_EVERY).unref();
  }

  get current(): WebConfig {
    return this.#current;
  }

  /** Takes another one up. Whether there is TLS stays as it was at the start. */
  take(next: WebConfig, seen = looksOf(next.files)): void {
    const { tls } = this.#current;
    if (tls && next.tls) this.#onTls(next.tls);
    else if (tls || next.tls) {
      this.#log('warn', 'Enabling or disabling TLS requires a restart', { tls: tls !== undefined });
    }
    this.#current = { ...next, tls: tls && (next.tls ?? tls) };
    this.#seen = seen;
  }

  /** Stops looking at the files. */
  close(): void {
    clearInterval(this.#looking);
  }

  /** Reads the files again if they have changed. */
  look(): void {
    const { reread, files } = this.#current;
    const now = looksOf(files);
    if (!reread || now === this.#seen) return;
    this.#seen = now;
    try {
      const next = reread();
      // What was looked at before it was read: a change in between is noticed the next time.
      if (String(next.files) === String(files)) this.take(next, now);
      else this.take(next);
      this.#log('info', 'Web configuration read again', { file: files[0] });
    } catch (error) {
      const err = (error as Error).message;
      this.#log('error', 'Web configuration not read again; the running one stays', { err });
    }
  }
}

/** Changes when one of the files is rewritten, replaced, gone or cannot be looked at. */
function looksOf(files: readonly string[]): string {
  return files.map(lookOf).join(', ');
}

function lookOf(file: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    // A part of the path may have become a file or a loop of links.
    return (error as NodeJS.ErrnoException).code ?? '';
  }
}
