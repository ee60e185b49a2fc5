// When the configuration is read again, and what is known of it. Comes in: requests of users; goes out: the metrics, the log and
// the audit trail of each reload. What a reload does is monitor.ts's.

import type { AuditEvent } from '../alerts/audit-trail.js';
import { Coalesced } from '../concurrency/coalesced.js';
import type { Exposition } from '../metrics/exposition.js';
import type { OwnMetrics } from '../metrics/own.js';
import type { Clock, Millis } from '../model/time.js';
import type { Logger } from './log.js';

interface ReloadingOptions {
  readonly file: string;
  /**
   * Reads the configuration and applies it.
   * @returns the number of its services
   * @throws ConfigError; then the running configuration stays in force
   */
  readonly apply: () => Promise<number>;
  readonly audit: (event: AuditEvent, by: string, details: Readonly<Record<string, string>>) => void;
  readonly own: OwnMetrics;
  readonly exposition: Exposition;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Reloading {
  readonly #options: ReloadingOptions;
  readonly #reloads = new Coalesced(() => this.#reload());
  /** Who asked for the reload that begins next. */
  readonly #users = new Set<string>();
  #at: Millis = 0;
  #succeeded = false;

  constructor(options: ReloadingOptions) {
    this.#options = options;
  }

  /** When a configuration was last applied. */
  get at(): Millis {
    return this.#at;
  }

  /** Whether the last reading of the configuration succeeded. */
  get succeeded(): boolean {
    return this.#succeeded;
  }

  /**
   * Requests that come while a reload runs share the next one.
   * @param by the user, for the audit trail
   * @throws ConfigError
   */
  run(by: string): Promise<void> {
    this.#users.add(by);
    return this.#reloads.run();
  }

  /** A configuration is in force now: the first, or a reload's. */
  applied(): void {
    const { clock, own } = this.#options;
    this.#at = clock.now();
    this.#succeeded = true;
    own.reloaded(true, this.#at);
  }

  async #reload(): Promise<void> {
    const { file, apply, audit, log } = this.#options;
    const by = [...this.#users].join(', ');
    this.#users.clear();
    try {
      const services = await apply();
      log.info({ file, services, by }, 'Configuration reloaded');
      audit('configuration reloaded', by, { file, services: String(services) });
    } catch (error) {
      this.#failed((error as Error).message, by);
      throw error;
    }
  }

  #failed(message: string, by: string): void {
    const { file, own, exposition, clock, audit, log } = this.#options;
    this.#succeeded = false;
    own.reloaded(false, clock.now());
    exposition.markChanged();
    audit('configuration reload failed', by, { file, error: message });
    for (const err of message.split('\n'))
      log.error({ err, by }, 'Configuration not reloaded; the running one stays');
  }

  /** Waits for the reload that is under way. */
  close(): Promise<void> {
    return this.#reloads.close();
  }
}
