// What is done about an alert by itself: `actions` of monitor.yml.

import type { StoredAlert } from '../../alertmanager/alert-store.js';
import type { Matcher } from '../../alertmanager/matchers/matcher.js';
import type { HttpClientConfig } from '../../config/http-client/config.js';
import type { Millis } from '../../model/time.js';

export interface ActionDefinition {
  readonly name: string;
  /** Off unless said: then it is only noted that it would have run. */
  readonly enabled: boolean;
  readonly matchers: readonly Matcher[];
  /** A program and its arguments, each as it is: no shell reads them. */
  readonly command: readonly [string, ...string[]] | undefined;
  readonly webhook: (HttpClientConfig & { readonly url: string }) | undefined;
  readonly timeout: Millis;
  /** For this long after a run the same alert causes no other. */
  readonly cooldown: Millis;
  /** Runs in any hour, whatever causes them. */
  readonly maxPerHour: number;
}

/** What a command and a webhook get. */
export interface ActionCause {
  readonly action: string;
  readonly alert: StoredAlert;
}

/** The cause as JSON: for a command on its standard input, for a webhook as the body. */
export function causeJson({ action, alert }: ActionCause): string {
  const { labels, annotations, startsAt, fingerprint, generatorUrl } = alert;
  return JSON.stringify({
    version: '1',
    action,
    alert: {
      status: 'firing',
      labels: labels.toJSON(),
      annotations,
      startsAt: new Date(startsAt).toISOString(),
      generatorURL: generatorUrl,
      fingerprint,
    },
  });
}
