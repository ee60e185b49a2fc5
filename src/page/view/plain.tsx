// The page without JavaScript: the alerts and the services as plain tables.

import type { ComponentChild } from 'preact';
import { type Model, useModel } from '../model.js';
import type { AlertDetail, ServiceEntry } from '../state.js';
import { seconds } from '../words.js';
import { sent } from './alerts.js';
import { Shape } from './shape.js';
import { Moment } from './time.js';

/** Rows that are drawn at a time. */
const PIECE = 50;

/** Draws a part of the page of a model as HTML; others have their turn before it. */
type Draw = (part: ComponentChild) => Promise<string>;

/** All alerts and all services, however many there are, as HTML. */
export async function plainTables({ alerts, health }: Model, draw: Draw): Promise<string> {
  const firing = sent(alerts.peek().details);
  const services = Object.values(health.peek().services);
  const alertRows = await rows(firing, alert => <AlertRow alert={alert} />, draw);
  const serviceRows = await rows(services, entry => <ServiceRow entry={entry} />, draw);
  const table = (names: readonly string[], body: string) =>
    `<table><thead><tr>${names.map(name => `<th>${name}</th>`).join('')}</tr></thead><tbody>${body}</tbody></table>`;
  return [
    '<div class="plain"><h2>Alerts</h2>',
    firing.length === 0
      ? '<p class="quiet">No alert fires.</p>'
      : table(['Severity', 'Service', 'Message', 'Since'], alertRows),
    '<h2>Services</h2>',
    table(['State', 'Service', 'Response time', 'Since', 'Reason'], serviceRows),
    '</div>',
  ].join('');
}

async function rows<T>(all: readonly T[], row: (each: T) => ComponentChild, draw: Draw): Promise<string> {
  let text = '';
  for (let i = 0; i < all.length; i += PIECE) text += await draw(all.slice(i, i + PIECE).map(row));
  return text;
}

function AlertRow({ alert: { severity, service, message, timestamp } }: { alert: AlertDetail }) {
  return (
    <tr>
      <td>{severity}</td>
      <td>{useModel().name(service) ?? service}</td>
      <td>{message}</td>
      <td>
        <Moment local={timestamp} />
      </td>
    </tr>
  );
}

function ServiceRow({ entry: { name, health } }: { entry: ServiceEntry }) {
  return (
    <tr>
      <td>
        <Shape of={health.status} /> {health.status}
      </td>
      <td>{name}</td>
      <td>{health.response_time === undefined ? '' : seconds(health.response_time)}</td>
      <td>
        <Moment local={health.since} />
      </td>
      <td>{health.status === 'healthy' ? '' : health.error}</td>
    </tr>
  );
}
