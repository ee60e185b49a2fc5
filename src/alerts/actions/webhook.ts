// A webhook called about an alert. A 2xx is success.

import type { HttpClientConfig } from '../../config/http-client/config.js';
import { secretsOfHttp } from '../../config/http-client/secrets.js';
import { HttpClient, RedirectError } from '../../http-client/client.js';
import { explainError } from '../../http-client/errors.js';
import { formatDuration } from '../../model/duration.js';
import { oneLine, scrub, secretsOfUrl } from '../../model/scrub.js';
import { MAX_WAIT, type Millis } from '../../model/time.js';
import { DnsError } from '../../net/error.js';
import { type ActionCause, causeJson } from './definition.js';

/** Calls it. Resolves with nothing, or with why it failed. */
export async function callWebhook(
  config: HttpClientConfig & { readonly url: string },
  cause: ActionCause,
  timeout: Millis,
): Promise<string | undefined> {
  const url = new URL(config.url);
  const signal = AbortSignal.timeout(Math.min(timeout, MAX_WAIT));
  let client: HttpClient | undefined;
  try {
    client = new HttpClient(url, config);
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', url, headers, body: causeJson(cause) } as const;
    const { status } = await client.call(request, { signal, sink: () => () => {} });
    return status >= 200 && status < 300 ? undefined : `${url.host} answered HTTP ${status}`;
  } catch (error) {
    if (signal.aborted && !(error instanceof DnsError))
      return `${url.host}: no answer within ${formatDuration(timeout)} (timeout)`;
    const words = error instanceof RedirectError ? error.message : explainError(error);
    return `${url.host}: ${oneLine(scrub(words, [...secretsOfUrl(config.url), ...secretsOfHttp(config)]))}`;
  } finally {
    client?.close();
  }
}
