// A row of the statistics from page to page: its label values are made once, so that a steady page makes no labels.

import type { Scope } from './column-map.js';
import { RESPONSES } from './columns.js';
import { CHECK_STATES, PROXY_STATES, SERVER_STATES } from './states.js';

export class Row {
  readonly scope: Scope;
  readonly labels: readonly string[];
  /** The page it was last seen on. */
  page = 0;
  /** The page whose second reading, for the servers alone, it was last seen in. */
  serverPage = 0;
  readonly #made = new Map<readonly string[], readonly (readonly string[])[]>();

  constructor(scope: Scope, proxy: string, server: string) {
    this.scope = scope;
    this.labels = scope === 'server' ? [proxy, server] : [proxy];
  }

  /** Labels of its status, one entry per state. */
  get states(): readonly (readonly string[])[] {
    return this.#extended(this.scope === 'server' ? SERVER_STATES : PROXY_STATES);
  }

  /** Labels of the status of its servers. */
  get serverStates(): readonly (readonly string[])[] {
    return this.#extended(SERVER_STATES);
  }

  /** Labels of the status of its checks. */
  get checkStates(): readonly (readonly string[])[] {
    return this.#extended(CHECK_STATES);
  }

  /** Labels of its responses, one entry per class of status code. */
  get codes(): readonly (readonly string[])[] {
    return this.#extended(CODES);
  }

  #extended(values: readonly string[]): readonly (readonly string[])[] {
    let made = this.#made.get(values);
    if (!made) {
      made = values.map(value => [...this.labels, value]);
      this.#made.set(values, made);
    }
    return made;
  }
}

const CODES = RESPONSES.map(([, code]) => code);
