// Targets that a server lists. An answer that is none keeps the last targets. Source: Prometheus, discovery/http, and
// "Writing HTTP Service Discovery".

import { secretsOfHttp } from '../../config/http-client/secrets.js';
import { HttpClient } from '../../http-client/client.js';
import { explainError } from '../../http-client/errors.js';
import { scrub } from '../../model/scrub.js';
import type { HttpDiscoveryConfig, TargetGroup } from '../config/definition.js';
import { parseJsonGroups } from './json-groups.js';
import type { DiscoveryProvider, OnRefresh } from './provider.js';
import { Refresh } from './refresh.js';

/** Bytes of an answer; some hundred thousand targets. */
const MAX_ANSWER = 64 * 1024 * 1024;
const JSON_TYPE = /^application\/json(?:;\s*charset=("utf-8"|utf-8))?$/i;

export class HttpDiscovery implements DiscoveryProvider {
  readonly #config: HttpDiscoveryConfig;
  readonly #onRefresh: OnRefresh;
  readonly #refresh: Refresh;
  #client: HttpClient | undefined;

  constructor(config: HttpDiscoveryConfig, onRefresh: OnRefresh) {
    this.#config = config;
    this.#onRefresh = onRefresh;
    this.#refresh = new Refresh(config.refreshInterval, signal => this.#ask(signal));
  }

  close(): void {
    this.#refresh.close();
    this.#client?.close();
  }

  async #ask(closed: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([closed, AbortSignal.timeout(this.#config.refreshInterval)]);
    try {
      const groups = await this.#groups(signal);
      if (!closed.aborted) this.#onRefresh({ groups });
    } catch (error) {
      if (closed.aborted) return;
      const { origin, pathname } = new URL(this.#config.url);
      const reason = signal.aborted ? 'no answer within refresh_interval' : explainError(error);
      const text = scrub(reason, secretsOfHttp(this.#config.http));
      this.#onRefresh({ problem: `${origin}${pathname}: ${text}` });
    }
  }

  async #groups(signal: AbortSignal): Promise<TargetGroup[]> {
    const { url, http, refreshInterval } = this.#config;
    this.#client ??= new HttpClient(new URL(url), http);
    let chunks: Buffer[] = [];
    let size = 0;
    const sink = () => {
      [chunks, size] = [[], 0];
      return (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MAX_ANSWER) throw new Error(`answered with more than ${MAX_ANSWER / 1024 / 1024} MiB`);
      };
    };
    const headers = {
      accept: 'application/json',
      'x-prometheus-refresh-interval-seconds': String(refreshInterval / 1000),
    };
    const answer = await this.#client.call({ method: 'GET', url: new URL(url), headers }, { signal, sink });
    if (answer.status !== 200) throw new Error(`server returned HTTP status ${answer.status}`);
    const type = answer.headers['content-type']?.trim() ?? '';
    if (!JSON_TYPE.test(type))
      throw new Error(`unsupported content type ${JSON.stringify(type.slice(0, 100))}`);
    // Labels and the log are shown.
    const shown = url.replace(/^(https?:\/\/[^/?#:@]*):[^/?#@]*@/i, '$1:xxxxx@');
    return parseJsonGroups(Buffer.concat(chunks).toString(), {
      labels: { __meta_url: shown },
      source: index => `${shown}:${index}`,
    });
  }
}
