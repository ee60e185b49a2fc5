// A service that is not asked but reports by itself, `POST /push/ID`: a cron job, a backup. Healthy while its last push is not
// older than its interval and said so.

import type { z } from 'zod';
import type { SchemaKit } from '../../config/schema-kit.js';
import { formatDuration } from '../../model/duration.js';
import { family } from '../../model/family.js';
import type { LastPush } from '../../model/push.js';
import { hideable } from '../../model/secret.js';
import { isoLocal, type Millis } from '../../model/time.js';
import { secretFailure } from '../http/request.js';
import { type Attempt, type Probe, ProbeFailure } from '../probe.js';
import type { ProbeKind } from '../probe-kind.js';

const DAY: Millis = 86_400_000;
/** A job that runs once a year. */
const MAX_INTERVAL: Millis = 366 * DAY;
/** Characters; what is shorter can be guessed. */
const MIN_TOKEN = 16;

const options = ({ about, duration, secret, section }: SchemaKit) =>
  section({
    token: about(
      secret(),
      `Authorizes a push, as \`Authorization: Bearer TOKEN\` or parameter \`token\`; at least ${MIN_TOKEN} characters.`,
    ),
    push_interval: about(
      duration(1000, MAX_INTERVAL),
      'Longest time from one push to the next, up to 366 days; then the service is down.',
      { example: '1d' },
    ),
    grace: about(
      duration(0, MAX_INTERVAL).default(0),
      'How much later than `push_interval` a push may come: how much the time that the job takes varies.',
      { example: '1h' },
    ),
  });

export type PushOptions = z.output<ReturnType<typeof options>>;

const lastTimestamp = family('push_last_timestamp_seconds', 'When the last push was received');
const deadline = family(
  'push_deadline_timestamp_seconds',
  'When the service is down unless there is a push before: push_interval and grace after the last one',
);
const lastDuration = family(
  'push_last_duration_seconds',
  'Duration that the last push reported; absent where it reported none',
);

export const push: ProbeKind<PushOptions> = {
  kind: 'push',
  options,
  check: ({ token }) => {
    const [value = ''] = hideable(token);
    if (value.length >= MIN_TOKEN) return undefined;
    const has = value === '' ? 'there is no token' : `token has ${value.length}`;
    return `${has}; it needs ${MIN_TOKEN} characters: make one with openssl rand -hex 16`;
  },
  families: [lastTimestamp, deadline, lastDuration],
  // A backup may take hours.
  slowAfter: Number.POSITIVE_INFINITY,
  open: (config, { lastPush }) => new PushProbe(config, lastPush ?? (() => undefined)),
};

const NO_LABELS: readonly string[] = [];
/** Until the first push is late, nothing is known of the service. */
const NOT_EXPECTED_YET = Number.POSITIVE_INFINITY;

class PushProbe implements Probe {
  readonly #config: PushOptions;
  readonly #lastPush: () => LastPush | undefined;

  constructor(config: PushOptions, lastPush: () => LastPush | undefined) {
    this.#config = config;
    this.#lastPush = lastPush;
  }

  get secrets(): readonly string[] {
    return hideable(this.#config.token);
  }

  async run(attempt: Attempt): Promise<void> {
    this.#checkToken();
    const last = this.#lastPush();
    if (!last) throw new ProbeFailure('timeout', 'No push yet', NOT_EXPECTED_YET);
    const { push_interval, grace } = this.#config;
    const now = Date.now();
    // A clock that was set back must not put the deadline off for longer.
    const at = Math.min(last.at, now);
    const due = at + push_interval + grace;
    const isLate = now > due;
    attempt.record(deadline, NO_LABELS, due / 1000);
    const expected = `expected every ${formatDuration(push_interval)}`;
    if (!last.report)
      throw new ProbeFailure('timeout', `No push yet, ${expected}`, isLate ? 0 : NOT_EXPECTED_YET);
    const { status, message, duration } = last.report;
    attempt.record(lastTimestamp, NO_LABELS, at / 1000);
    attempt.record(lastDuration, NO_LABELS, duration === undefined ? Number.NaN : duration / 1000);
    attempt.details = { last_push: isoLocal(at), ...(message !== '' && { push_message: message }) };
    if (isLate) throw new ProbeFailure('timeout', `No push since ${isoLocal(at)}, ${expected}`);
    if (duration !== undefined) attempt.measured(duration);
    if (status === 'down') throw new ProbeFailure('status', message || 'Reported down');
    if (status === 'degraded') attempt.degraded = message || 'Reported degraded';
  }

  close(): void {}

  /** Without its token no push can come: the page says why. @throws ProbeFailure */
  #checkToken(): void {
    try {
      this.#config.token.reveal();
    } catch (error) {
      throw secretFailure(error);
    }
  }
}
