// A notification in the few words a telephone shows: how many, then what, the worst first.

import { fits, fitted, toPlain } from './gsm7.js';

/** Alertmanager's webhook, as much of it as is used. */
export interface SmsNotification {
  readonly status: string;
  readonly groupKey: string;
  readonly truncatedAlerts?: number | undefined;
  readonly alerts: readonly SmsAlert[];
}

export interface SmsAlert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const SEVERITIES = ['critical', 'warning', 'info'];
const MAX_MESSAGE = 160;

/** `2 FIRING: critical tools: Tools Server is timeout; warning redis: ...`, at most 320 characters of GSM's alphabet. */
export function smsText(notification: SmsNotification): string {
  const firing = notification.alerts.filter(alert => alert.status === 'firing');
  const resolved = notification.alerts.filter(alert => alert.status !== 'firing');
  const more = notification.truncatedAlerts ?? 0;
  const count = [
    ...(firing.length > 0 ? [`${firing.length + more} FIRING`] : []),
    ...(resolved.length > 0 ? [`${resolved.length + (firing.length > 0 ? 0 : more)} RESOLVED`] : []),
  ].join(', ');
  const alerts = [...firing.sort(byUrgency), ...resolved.sort(byUrgency)];
  return toPlain(joined(count, alerts.map(phrase), more));
}

/** As many as fit; what was left out is counted. */
function joined(count: string, phrases: readonly string[], more: number): string {
  let text = count;
  for (const [i, each] of phrases.entries()) {
    const next = `${text}${i === 0 ? ': ' : '; '}${each}`;
    const left = phrases.length - i - 1 + more;
    const whole = left > 0 ? `${next}; +${left} more` : next;
    if (!fits(toPlain(whole))) {
      const missing = phrases.length - i + more;
      return i === 0 ? fitted(toPlain(next)) : `${text}; +${missing} more`;
    }
    text = next;
  }
  return more > 0 ? `${text}; +${more} more` : text;
}

function phrase({ status, labels, annotations }: SmsAlert): string {
  const { severity = '', target, service, instance, alertname = '' } = labels;
  const name = target || service || instance || alertname;
  const message = annotations.description || annotations.summary || alertname;
  const line = message.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const characters = [...line.slice(0, 2 * MAX_MESSAGE + 1)];
  const short = characters.length > MAX_MESSAGE ? `${characters.slice(0, MAX_MESSAGE).join('')}...` : line;
  return [status === 'firing' ? severity : 'ok', `${name}:`, short].filter(word => word !== '').join(' ');
}

function byUrgency(a: SmsAlert, b: SmsAlert): number {
  return rank(a) - rank(b);
}

function rank({ labels }: SmsAlert): number {
  const at = SEVERITIES.indexOf(labels.severity ?? '');
  return at < 0 ? SEVERITIES.length : at;
}
