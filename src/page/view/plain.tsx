// The page without JavaScript: the alerts and the services as plain tables.

import { useModel } from '../model.js';
import { seconds } from '../words.js';
import { sent } from './alerts.js';
import { Shape } from './shape.js';
import { Moment } from './time.js';

export function PlainTables() {
  const model = useModel();
  const { alerts, health } = model;
  const firing = sent(alerts.value.details);
  const services = Object.entries(health.value.services);
  return (
    <div class="plain">
      <h2>Alerts</h2>
      {firing.length === 0 ? <p class="quiet">No alert fires.</p> : null}
      {firing.length === 0 ? null : (
        <table>
          <thead>
            <tr>
              <th>Severity</th>
              <th>Service</th>
              <th>Message</th>
              <th>Since</th>
            </tr>
          </thead>
          <tbody>
            {firing.map(({ severity, service, message, timestamp }) => (
              <tr>
                <td>{severity}</td>
                <td>{model.name(service) ?? service}</td>
                <td>{message}</td>
                <td>
                  <Moment local={timestamp} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>Services</h2>
      <table>
        <thead>
          <tr>
            <th>State</th>
            <th>Service</th>
            <th>Response time</th>
            <th>Since</th>
            <th>Reason</th>
          </tr>
        </thead>
        <tbody>
          {services.map(([, { name, health }]) => (
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
          ))}
        </tbody>
      </table>
    </div>
  );
}
