// A notification as Slack's message with one attachment, its fields in Alertmanager's order.
// Source: Slack, "Reference: Secondary message attachments"; Alertmanager, notify/slack.

import type { Writable } from '../../../go/json.js';
import { digestText, type ReportMessage } from '../../pipeline/report-message.js';
import type { MessageRenderer, PlainMessage } from '../message.js';
import { cutRunes } from '../truncate.js';
import type { SlackAction, SlackConfirmation, SlackOptions } from './options.js';

const MAX_TITLE = 1024;
/** Slack folds longer texts away and refuses ones that are longer still. */
const MAX_TEXT = 8000;
const MAX_VALUE = 2000;

/** Left out where it is empty, as Go's omitempty does. */
const orNone = <T extends string | boolean>(value: T): T | undefined => value || undefined;

/** The message as the templates make it. @throws TemplateError */
export function slackMessage(options: SlackOptions, channel: string, renderer: MessageRenderer): Writable {
  const text = (template: string) => renderer.text(template);
  const attachment = {
    title: orNone(cutRunes(text(options.title), MAX_TITLE)),
    title_link: orNone(text(options.titleLink)),
    pretext: orNone(cutRunes(text(options.pretext), MAX_TEXT)),
    text: cutRunes(text(options.text), MAX_TEXT),
    fallback: cutRunes(text(options.fallback), MAX_TEXT),
    callback_id: text(options.callbackId),
    fields: fieldsOf(options, text),
    actions: actionsOf(options.actions, text),
    image_url: orNone(text(options.imageUrl)),
    thumb_url: orNone(text(options.thumbUrl)),
    footer: text(options.footer),
    color: orNone(text(options.color)),
    mrkdwn_in: options.mrkdwnIn,
  };
  return {
    channel: orNone(channel),
    username: orNone(text(options.username)),
    icon_emoji: orNone(text(options.iconEmoji)),
    icon_url: orNone(text(options.iconUrl)),
    link_names: orNone(options.linkNames),
    text: orNone(cutRunes(text(options.messageText), MAX_TEXT)),
    attachments: [attachment],
  };
}

/** The message when a template failed. */
export function plainSlackMessage(channel: string, { title, text }: PlainMessage): Writable {
  return {
    channel: orNone(channel),
    attachments: [
      {
        title,
        text: escaped(text),
        fallback: title,
        callback_id: '',
        footer: '',
        color: 'danger',
        mrkdwn_in: [],
      },
    ],
  };
}

/** A report; the text is what Slack makes bold and lines of. */
export function slackReport(channel: string, report: ReportMessage): Writable {
  const text = digestText(report, label => `*${label}*`, escaped);
  return {
    channel: orNone(channel),
    attachments: [
      {
        title: report.title,
        title_link: orNone(report.url ?? ''),
        text: cutRunes(text, MAX_TEXT),
        fallback: report.title,
        callback_id: '',
        footer: '',
        mrkdwn_in: ['text'],
      },
    ],
  };
}

/** What Slack would take for a mention or a link. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

type Fill = (template: string) => string;

function fieldsOf({ fields }: SlackOptions, text: Fill): Writable {
  if (fields.length === 0) return undefined;
  return fields.map(({ title, value, short }) => ({
    title: orNone(text(title)),
    value: orNone(cutRunes(text(value), MAX_VALUE)),
    short,
  }));
}

function actionsOf(actions: readonly SlackAction[], text: Fill): Writable {
  if (actions.length === 0) return undefined;
  return actions.map(action => ({
    type: orNone(text(action.type)),
    text: orNone(text(action.text)),
    url: orNone(text(action.url)),
    style: orNone(text(action.style)),
    name: orNone(text(action.name)),
    value: orNone(text(action.value)),
    confirm: action.confirm && confirmationOf(action.confirm, text),
  }));
}

function confirmationOf(confirm: SlackConfirmation, text: Fill): Writable {
  return {
    text: orNone(text(confirm.text)),
    title: orNone(text(confirm.title)),
    ok_text: orNone(text(confirm.okText)),
    dismiss_text: orNone(text(confirm.dismissText)),
  };
}
