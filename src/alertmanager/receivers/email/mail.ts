// A notification as a mail: its addresses, its headers, its two bodies.

import { createHash } from 'node:crypto';
import type { Notification } from '../../pipeline/notification.js';
import type { ReportMessage } from '../../pipeline/report-message.js';
import type { MessageRenderer, PlainMessage } from '../message.js';
import type { EmailOptions } from './options.js';

export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments?: readonly Attachment[];
}

/** An image that the HTML shows. */
interface Attachment {
  readonly cid: string;
  readonly filename: string;
  readonly contentType: string;
  readonly contentDisposition: 'inline';
  readonly content: Buffer;
}

/** Templates filled in; each may hold several. */
export interface Addresses {
  readonly from: string;
  readonly to: string;
}

/** Headers that have a place of their own. */
const OWN = new Set(['From', 'To', 'Subject']);

/** The mail as the templates make it, to the addresses they made. @throws TemplateError */
export function templatedMail(
  options: EmailOptions,
  notification: Notification,
  addresses: Addresses,
  renderer: MessageRenderer,
): Mail {
  const header = (name: string, otherwise: string) => {
    const template = options.headers.get(name);
    return template === undefined ? otherwise : renderer.text(template);
  };
  const others = [...options.headers].filter(([name]) => !OWN.has(name));
  return {
    from: header('From', addresses.from),
    to: header('To', addresses.to),
    subject: renderer.text(options.headers.get('Subject') ?? '{{ template "email.default.subject" . }}'),
    html: renderer.html(options.html),
    text: renderer.text(options.text),
    headers: {
      ...Object.fromEntries(others.map(([name, template]) => [name, renderer.text(template)])),
      ...threadOf(options, notification),
    },
  };
}

/** A report with its images, and the same as text. */
export function reportMail({ title, html, text, images }: ReportMessage, addresses: Addresses): Mail {
  const attachments = images.map(
    ({ id, content }, i): Attachment => ({
      cid: id,
      filename: `chart-${i + 1}.png`,
      contentType: 'image/png',
      contentDisposition: 'inline',
      content: Buffer.from(content),
    }),
  );
  return { ...addresses, subject: title, html, text, headers: {}, attachments };
}

/** The mail when a template failed. */
export function plainMail(
  options: EmailOptions,
  notification: Notification,
  addresses: Addresses,
  { title, text }: PlainMessage,
): Mail {
  return { ...addresses, subject: title, html: '', text, headers: threadOf(options, notification) };
}

/** Mail programs gather what refers to the same mail, even if that mail was never delivered. Source: notify/email. */
function threadOf({ threading }: EmailOptions, { groupKey, at }: Notification): Record<string, string> {
  if (!threading) return {};
  const key = createHash('sha256').update(groupKey).digest('hex').slice(0, 16);
  const day = threading === 'daily' ? new Date(at).toISOString().slice(0, 10) : '';
  const root = `<alert-${key}-${day}@alertmanager>`;
  return { References: root, 'In-Reply-To': root };
}
