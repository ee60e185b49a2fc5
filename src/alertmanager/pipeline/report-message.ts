// A report as receivers get it. Beside notifications it is the only thing they send; it is about no alert.

import { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { Notification } from './notification.js';

export interface ReportMessage {
  /** One line. */
  readonly title: string;
  /** Where people reach the monitor, without a slash at the end; undefined where that is not known. */
  readonly url: string | undefined;
  /** A whole document; its images are `cid:` and an id of {@link images}. */
  readonly html: string;
  readonly images: readonly { readonly id: string; readonly content: Uint8Array }[];
  /** The same as plain text. */
  readonly text: string;
  /** For messengers, what matters most first. */
  readonly digest: readonly DigestLine[];
}

export interface DigestLine {
  /** In bold before the text. */
  readonly label?: string;
  readonly text: string;
}

/** What templates of addresses see: a notification about no alert. */
export function addressed(receiver: string, externalUrl: string, at: Millis): Notification {
  return { receiver, groupKey: '{}', groupLabels: Labels.of({}), alerts: [], externalUrl, at };
}

/** The digest with a form of bold. @param escaped of texts, not of what `bold` makes */
export function digestText(
  { digest }: ReportMessage,
  bold: (text: string) => string,
  escaped: (text: string) => string,
): string {
  return digest
    .map(({ label, text }) =>
      [...(label ? [bold(`${escaped(label)}:`)] : []), escaped(text)].join(' ').trimEnd(),
    )
    .join('\n');
}
