// A notification as a mail: who it is from and for, its headers, its two bodies.

import { createHash } from 'node:crypto';
import type { Filling, PlainMessage } from '../../delivery/filling.js';
import type { Notification } from '../../notification.js';
import type { EmailOptions } from './options.js';

export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers that have a place of their own. */
const OWN = new Set(['From', 'To', 'Subject']);

/** The mail as the templates make it, to the addresses they made. @throws TemplateError */
export function templatedMail(
  options: EmailOptions,
  notification: Notification,
  addresses: { readonly from: string; readonly to: string },
  filling: Filling,
): Mail {
  const header = (name: string, otherwise: string) => {
    const template = options.headers.get(name);
    return template === undefined ? otherwise : filling.text(template);
  };
  const others = [...options.headers].filter(([name]) => !OWN.has(name));
  return {
    from: header('From', addresses.from),
    to: header('To', addresses.to),
    subject: filling.text(options.headers.get('Subject') ?? '{{ template "email.default.subject" . }}'),
    html: filling.html(options.html),
    text: filling.text(options.text),
    headers: {
      ...Object.fromEntries(others.map(([name, template]) => [name, filling.text(template)])),
      ...threadOf(options, notification),
    },
  };
}

/** The mail when a template failed. */
export function plainMail(
  options: EmailOptions,
  notification: Notification,
  addresses: { readonly from: string; readonly to: string },
  { title, text }: PlainMessage,
): Mail {
  return { ...addresses, subject: title, html: '', text, headers: threadOf(options, notification) };
}

/** Mail programs gather what refers to the same mail, also when nobody ever got that. Source: notify/email. */
function threadOf({ threading }: EmailOptions, { groupKey, at }: Notification): Record<string, string> {
  if (!threading) return {};
  const key = createHash('sha256').update(groupKey).digest('hex').slice(0, 16);
  const day = threading === 'daily' ? new Date(at).toISOString().slice(0, 10) : '';
  const root = `<alert-${key}-${day}@alertmanager>`;
  return { References: root, 'In-Reply-To': root };
}
