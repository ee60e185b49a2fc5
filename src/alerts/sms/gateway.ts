// Text messages through Twilio. Comes in: a webhook's notification that was validated; goes out: the outcome for
// each recipient. Source: Twilio, "Messages resource", "Error and Warning Dictionary".

import { jsonOf, type WebhookResponse } from '../../alertmanager/receivers/http/answer.js';
import { reveal } from '../../alertmanager/receivers/http/reveal.js';
import { WebhookClient } from '../../alertmanager/receivers/http/webhook-client.js';
import { DeliveryError } from '../../alertmanager/receivers/receiver.js';
import { SentRecipients } from '../../alertmanager/receivers/sent-recipients.js';
import type { SecretSource } from '../../model/secret.js';
import type { Millis } from '../../model/time.js';
import { type SmsNotification, smsText } from './text.js';

const INTEGRATION = 'sms';
/** Longer than a webhook is tried again, shorter than any interval at which a message that is still true is repeated. */
const REMEMBERED: Millis = 10 * 60_000;

/** Sent messages by recipient, for successive gateways. */
export const makeSmsReceipts = () => new SentRecipients(REMEMBERED);

export interface SmsSettings {
  readonly accountSid: string;
  readonly authToken: SecretSource;
  /** One of these: a telephone number or name, or a messaging service, which begins with `MG`. */
  readonly from?: string | undefined;
  readonly messagingServiceSid?: string | undefined;
  /** Telephone numbers, `+491701234567`. */
  readonly to: readonly string[];
  /** Without a path; Twilio's own when it is not there. */
  readonly apiUrl?: string | undefined;
  /** For one message to one recipient. */
  readonly timeout?: Millis | undefined;
}

/** What became of a notification. */
export interface SmsReport {
  /** Numbers that got it now. */
  readonly sent: readonly string[];
  /** Numbers that had got it by an earlier attempt. */
  readonly had: readonly string[];
  readonly failures: readonly { readonly to: string; readonly error: DeliveryError }[];
  /**
   * The result for the caller. `sent`: done (2xx), though a recipient may have been refused for good.
   * `retry`: post it again and only recipients without it get it (503, `retryAfter`). `refused`: no recipient got it
   * and trying again would not help (4xx).
   */
  readonly outcome: 'sent' | 'retry' | 'refused';
  /** The longest of what the service asked for. */
  readonly retryAfter: Millis | undefined;
}

/** Sends to all recipients at once. Closed by {@link close}. */
export class SmsGateway {
  readonly #settings: SmsSettings;
  readonly #poster: WebhookClient;
  readonly #sentRecipients: SentRecipients;

  /** @param sentRecipients of the gateway it comes after, which may have reached some */
  constructor(settings: SmsSettings, sentRecipients: SentRecipients = makeSmsReceipts()) {
    this.#settings = settings;
    this.#sentRecipients = sentRecipients;
    const { accountSid, authToken, timeout = 0 } = settings;
    this.#poster = new WebhookClient({
      integration: INTEGRATION,
      http: { basic_auth: { username: accountSid, password: authToken }, follow_redirects: false },
      timeout,
      explain,
    });
  }

  /** Sends to every recipient that did not get it in the last minutes; never throws a DeliveryError, they are in the report. */
  async send(notification: SmsNotification, signal: AbortSignal): Promise<SmsReport> {
    const text = smsText(notification);
    const message = JSON.stringify([notification.groupKey, text]);
    const all = [...new Set(this.#settings.to)];
    const had = all.filter(to => this.#sentRecipients.has(message, to, Date.now()));
    const waiting = all.filter(to => !had.includes(to));
    const errors = await Promise.all(waiting.map(to => this.#sendTo(to, text, signal)));
    const sent = waiting.filter((_, i) => errors[i] === undefined);
    for (const to of sent) this.#sentRecipients.add(message, to, Date.now());
    const failures = waiting.flatMap((to, i) => (errors[i] ? [{ to, error: errors[i] }] : []));
    return { sent, had, failures, ...verdict(sent.length + had.length, failures) };
  }

  close(): void {
    this.#poster.close();
  }

  async #sendTo(to: string, text: string, signal: AbortSignal): Promise<DeliveryError | undefined> {
    const {
      accountSid,
      authToken,
      from = '',
      messagingServiceSid,
      apiUrl = 'https://api.twilio.com',
    } = this.#settings;
    const sender: Record<string, string> = messagingServiceSid
      ? { MessagingServiceSid: messagingServiceSid }
      : { From: from };
    const account = encodeURIComponent(accountSid);
    try {
      await this.#poster.post(
        {
          url: `${apiUrl.replace(/\/+$/, '')}/2010-04-01/Accounts/${account}/Messages.json`,
          body: new URLSearchParams({ To: to, ...sender, Body: text }).toString(),
          contentType: 'application/x-www-form-urlencoded',
          secrets: [reveal(INTEGRATION, authToken)],
        },
        signal,
      );
      return undefined;
    } catch (error) {
      if (error instanceof DeliveryError) return error;
      throw error;
    }
  }
}

function verdict(
  reached: number,
  failures: SmsReport['failures'],
): Pick<SmsReport, 'outcome' | 'retryAfter'> {
  const passing = failures.filter(({ error }) => !error.permanent);
  if (passing.length > 0) {
    const waits = passing.flatMap(({ error }) => error.retryAfter ?? []);
    return { outcome: 'retry', retryAfter: waits.length > 0 ? Math.max(...waits) : undefined };
  }
  return { outcome: reached > 0 || failures.length === 0 ? 'sent' : 'refused', retryAfter: undefined };
}

/** `{"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400}` */
function explain({ body }: WebhookResponse): string | undefined {
  const { code, message } = jsonOf(body) ?? {};
  if (typeof message !== 'string') return undefined;
  return typeof code === 'number' ? `${message} (${code})` : message;
}
