// The web configuration in force. It follows its files by itself, because certificates are renewed by programs that do
// not say so.

import { statSync } from 'node:fs';
import type { HttpLog } from '../failure.js';
import type { WebConfig } from '../web-config.js';
import type { TlsServerConfig } from './tls.js';

/** How often the files are looked at, in milliseconds. */
const POLL_INTERVAL = 1000;

/** The caller must close it. */
export class ReloadingWebConfig {
  readonly #onTls: (tls: TlsServerConfig) => void;
  readonly #log: HttpLog;
  readonly #timer: NodeJS.Timeout;
  #current: WebConfig;
  /** What the files looked like when they were last read. */
  #signature: string;

  /** @param onTls called with TLS settings that differ from those at the start */
  constructor(config: WebConfig, onTls: (tls: TlsServerConfig) => void, log: HttpLog) {
    this.#current = config;
    this.#onTls = onTls;
    this.#log = log;
    this.#signature = fileSignatures(config.files);
    this.#timer = setInterval(() => this.reloadIfChanged(), POLL_INTERVAL).unref();
  }

  get current(): WebConfig {
    return this.#current;
  }

  /** Applies a configuration. Whether there is TLS stays as it was at the start. */
  apply(next: WebConfig, seen = fileSignatures(next.files)): void {
    const { tls } = this.#current;
    if (tls && next.tls) this.#onTls(next.tls);
    else if (tls || next.tls) {
      this.#log('warn', 'Enabling or disabling TLS requires a restart', { tls: tls !== undefined });
    }
    this.#current = { ...next, tls: tls && (next.tls ?? tls) };
    this.#signature = seen;
  }

  /** Stops looking at the files. */
  close(): void {
    clearInterval(this.#timer);
  }

  /** Reads the files again if they have changed. */
  reloadIfChanged(): void {
    const { reread, files } = this.#current;
    const now = fileSignatures(files);
    if (!reread || now === this.#signature) return;
    this.#signature = now;
    try {
      const next = reread();
      // What was looked at before it was read: a change in between is noticed the next time.
      if (String(next.files) === String(files)) this.apply(next, now);
      else this.apply(next);
      this.#log('info', 'Web configuration read again', { file: files[0] });
    } catch (error) {
      const err = (error as Error).message;
      this.#log('error', 'Web configuration not read again; the running one stays', { err });
    }
  }
}

/** Changes when one of the files is rewritten, replaced, gone or cannot be looked at. */
function fileSignatures(files: readonly string[]): string {
  return files.map(fileSignature).join(', ');
}

function fileSignature(file: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    // A part of the path may have become a file or a loop of links.
    return (error as NodeJS.ErrnoException).code ?? '';
  }
}
