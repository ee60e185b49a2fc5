// Where an alert's dashboard_url leads while no Grafana is configured: what the monitor itself can show of it.

import { type Html, html } from './html.js';

/** @param link a dashboard's uid and, behind a `?`, its first variable: `langgraph-service?var-service=tools` */
export function withoutGrafana(link: string): Html {
  const [uid = '', variable = ''] = link.split('?', 2);
  const service = new URLSearchParams(variable).get('var-service') ?? '';
  const places: [path: string, what: string][] = [
    ['alerts?detail=true', 'what fires now, since when, and what was done'],
    [
      `alert_history${service === '' ? '' : `?service=${encodeURIComponent(service)}`}`,
      'its alerts up to now',
    ],
    ['cluster_health', 'every service and its last check'],
  ];
  return html`<section>
<p>An alert leads to the dashboard <code>${uid}</code>${service === '' ? undefined : html` of <code>${service}</code>`}, and no Grafana is configured.
The monitor itself shows:</p>
<ul class="list">${places.map(([path, what]) => html`<li><a href="./${path}">/${path}</a> <span class="quiet">${what}</span></li>`)}</ul>
<p>With <code>links.grafana</code> in monitor.yml the link opens the dashboard; <a href="#open-them">how to open them</a>.</p>
</section>`;
}
