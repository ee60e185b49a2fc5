// E-mail, by SMTP. Source: Alertmanager, notify/email. A recipient that the server refuses does not affect the others.

import { tlsOptions } from '../../config/http-client/tls-options.js';
import { explainError } from '../../http-client/errors.js';
import { oneLine, scrub } from '../../model/scrub.js';
import type { Notification } from '../pipeline/notification.js';
import type { ReportMessage } from '../pipeline/report-message.js';
import { MailConnection } from './email/connection.js';
import { type Addresses, type Mail, plainMail, reportMail, templatedMail } from './email/mail.js';
import { type EmailOptions, readEmail } from './email/options.js';
import { NoGreeting } from './email/start-tls.js';
import { secretsOf, transportOptions } from './email/transport.js';
import { abortError } from './http/webhook-client.js';
import { MessageRenderer } from './message.js';
import { DeliveryError, type Receiver, type ReceiverContext, type ReceiverKind } from './receiver.js';

const INTEGRATION = 'email';

export const email: ReceiverKind<EmailOptions> = {
  integration: INTEGRATION,
  key: 'email_configs',
  sendsResolved: false,
  read: readEmail,
  open: (options, context) => new EmailReceiver(options, context),
  sendsReports: true,
  destination: ({ to, smarthost: { host, port } }) => `${to} by ${host}:${port}`,
};

interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** What a server said to one recipient. */
type Refusal = Error & {
  readonly recipient?: string;
  readonly responseCode?: number;
  readonly code?: string;
  /** The system's, where `code` is the library's. */
  readonly originalCode?: string;
  /** What was said to the server last. */
  readonly command?: string;
};

class EmailReceiver implements Receiver {
  readonly #options: EmailOptions;
  readonly #context: ReceiverContext;

  constructor(options: EmailOptions, context: ReceiverContext) {
    this.#options = options;
    this.#context = context;
  }

  async deliver(notification: Notification, signal: AbortSignal): Promise<void> {
    const options = this.#options;
    const renderer = new MessageRenderer(INTEGRATION, notification, this.#context);
    const addresses = this.#addresses(renderer);
    const mail = renderer.message(
      () => templatedMail(options, notification, addresses, renderer),
      plain => plainMail(options, notification, addresses, plain),
    );
    await this.#deliver(mail, addresses, keyOf(notification), signal);
  }

  async sendReport(report: ReportMessage, to: Notification, signal: AbortSignal): Promise<void> {
    const addresses = this.#addresses(new MessageRenderer(INTEGRATION, to, this.#context));
    await this.#deliver(reportMail(report, addresses), addresses, `report ${report.title}`, signal);
  }

  close(): void {}

  #addresses(renderer: MessageRenderer): Addresses {
    const { from, to } = this.#options;
    return { from: renderer.address('from', from), to: renderer.address('to', to) };
  }

  /** Sends to all recipients that have not got it yet. @param key what makes it this message when it is tried again */
  async #deliver(mail: Mail, addresses: Addresses, key: string, signal: AbortSignal): Promise<void> {
    const envelope = await envelopeOf(addresses);
    const { sentRecipients } = this.#context;
    const waiting = envelope.to.filter(to => !sentRecipients.has(key, to, Date.now()));
    const refusals = waiting.length > 0 ? await this.#send(mail, { ...envelope, to: waiting }, signal) : [];
    const refused = new Set(refusals.map(each => each.recipient));
    for (const to of waiting) if (!refused.has(to)) sentRecipients.add(key, to, Date.now());
    this.#checkRefusals(refusals);
    for (const to of envelope.to) sentRecipients.delete(key, to);
  }

  /** Resolves with those the server did not take it for. @throws DeliveryError when it took it for none */
  async #send(mail: Mail, envelope: Envelope, signal: AbortSignal): Promise<readonly Refusal[]> {
    let connection: MailConnection | undefined;
    try {
      // Loaded with the first mail, so that it costs nothing where none is sent.
      const { createTransport } = await import('nodemailer');
      const settings = transportOptions(this.#options);
      connection = new MailConnection({ ...this.#options, tls: tlsOptions(this.#options.tls) });
      const transport = createTransport({ ...settings, connection: await connection.open(signal) });
      const { rejectedErrors, response } = await transport.sendMail({
        ...mail,
        attachments: mail.attachments && [...mail.attachments],
        html: mail.html || undefined,
        text: mail.text || (mail.html === '' ? ' ' : undefined),
        envelope: { from: envelope.from, to: [...envelope.to] },
        signal,
      });
      this.#context.onAnswer?.(Number(/^\d{3}/.exec(response)?.[0] ?? 250), oneLine(response));
      return (rejectedErrors ?? []) as readonly Refusal[];
    } catch (error) {
      connection?.destroy();
      throw this.#failure(error as Refusal, signal, connection);
    }
  }

  /** @throws DeliveryError while one of them may get it later */
  #checkRefusals(refusals: readonly Refusal[]): void {
    for (const refusal of refusals) {
      if (!isFinal(refusal)) throw this.#failure(refusal, undefined);
      // Trying again would not reach this one and would reach the others twice.
      this.#context.log('warn', 'Mail server rejected a recipient; the others received the mail', {
        integration: INTEGRATION,
        recipient: refusal.recipient,
        error: this.#words(refusal),
      });
    }
  }

  #failure(
    error: Refusal | DeliveryError,
    signal: AbortSignal | undefined,
    connection?: MailConnection,
  ): DeliveryError {
    if (error instanceof DeliveryError) return error;
    const { host, port } = this.#options.smarthost;
    const begin = `${INTEGRATION}: ${host}:${port}`;
    if (signal?.aborted) {
      const late = abortError(begin, signal, error);
      const isMute = error instanceof NoGreeting && late.reason === 'contextDeadlineExceeded';
      return isMute ? new DeliveryError(`${late.message}; ${error.message}`, late) : late;
    }
    const code = error.responseCode;
    return new DeliveryError(`${begin}: ${this.#words(error, connection)}`, {
      permanent: isFinal(error),
      status: code,
      reason: code === undefined ? 'other' : code >= 500 ? 'clientError' : 'serverError',
    });
  }

  #words(error: Refusal, connection?: MailConnection): string {
    if (error.command === 'STARTTLS' && isFinal(error))
      return 'offers no STARTTLS, which require_tls wants; a server one trusts the way to can do with require_tls: false';
    const system = systemError(error);
    const cause = connection?.explained(system) ?? system;
    return oneLine(scrub(explainError(cause), secretsOf(this.#options)));
  }
}

/** The library's own codes say less than those of the system it keeps beside them. */
function systemError({ message, code, originalCode, responseCode }: Refusal): Error {
  const isClosed = code === 'ECONNECTION' && responseCode === undefined && !originalCode;
  return Object.assign(new Error(message), { code: isClosed ? 'ECONNRESET' : (originalCode ?? code) });
}

/** SMTP's 5xx: the server will say the same next time. */
function isFinal({ responseCode = 0 }: Refusal): boolean {
  return responseCode >= 500 && responseCode < 600;
}

/** Sender and recipients as the server gets them. @throws DeliveryError when these are no addresses */
async function envelopeOf({ from, to }: Addresses): Promise<Envelope> {
  const { default: parse } = await import('nodemailer/lib/addressparser');
  const addresses = (text: string) =>
    parse(text, { flatten: true })
      .map(each => each.address ?? '')
      .filter(each => /^[^\s@]+@[^\s@]+$/.test(each));
  const [sender, ...more] = addresses(from);
  if (sender === undefined || more.length > 0)
    throw new DeliveryError(`${INTEGRATION}: must be exactly one from address`, { permanent: true });
  const recipients = [...new Set(addresses(to))];
  if (recipients.length === 0)
    throw new DeliveryError(`${INTEGRATION}: there is no address in "to"`, { permanent: true });
  return { from: sender, to: recipients };
}

/** What makes it this message when it is tried again. */
function keyOf({ groupKey, alerts }: Notification): string {
  const states = alerts.map(({ fingerprint, isResolved, startsAt }) => [fingerprint, isResolved, startsAt]);
  return JSON.stringify([groupKey, states]);
}
