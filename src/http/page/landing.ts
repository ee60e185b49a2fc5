// The page at `/`: name and version, the cluster's status, links.

import { alertLine } from '../../cluster/status.js';
import type { MutedAlert } from '../../model/muted.js';
import { STATUSES } from '../../model/result.js';
import { isoLocal } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { mutedNow } from '../muted.js';
import { publicHealth } from '../public/view.js';
import type { RouteDefinition, RouteResult } from '../route.js';
import { page } from './frame.js';
import { type Html, html, prose } from './html.js';

/** Writes the page. @param linked the endpoints it leads to, in this order */
export function landingPage(
  context: Pick<ApiContext, 'alerting' | 'clock' | 'cluster' | 'health' | 'node' | 'page' | 'version'>,
  linked: readonly RouteDefinition[],
): RouteResult {
  if (context.page().readOnly) return publicPage(context);
  const { cluster, version, node, clock } = context;
  const muted = mutedNow(context);
  const { overall, alerts } = cluster.status;
  return page(
    `langgraph-monitor on ${node()}`,
    html`<header>
<h1>langgraph-monitor</h1>
<p class="quiet">${version} on ${node()} · ${isoLocal(clock.now()).slice(0, 19).replace('T', ' ')}</p>
</header>
<main>
<dl class="figures">
<div><dt>Cluster</dt><dd class="${overall}">${overall}</dd></div>
${countByStatus(cluster).map(([status, count]) => figure(`Services ${status}`, count))}
${figure('Services in all', cluster.services.length)}
${figure('Alerts', alerts.length)}
</dl>
${alerts.length === 0 ? undefined : html`<ul class="list">${alerts.map(alert => html`<li>${prose(alertLine(alert))}</li>`)}</ul>`}
${
  muted.length === 0
    ? undefined
    : html`<h3>Not sent at the moment</h3>
<ul class="list">${muted.map(mutedItem)}</ul>`
}
<h3>Endpoints</h3>
<ul class="list">
${linked.map(({ path, summary }) => html`<li><a href=".${path}">${path}</a> <span class="quiet">${prose(summary)}</span></li>`)}
</ul>
</main>`,
  );
}

/** For the public: figures alone. */
function publicPage(
  context: Pick<ApiContext, 'alerting' | 'clock' | 'cluster' | 'health' | 'page'>,
): RouteResult {
  const { overall_status: overall, services } = publicHealth(context);
  const { title } = context.page();
  const statuses = Object.values(services).map(({ health }) => health.status);
  return page(
    title,
    html`<header>
<h1>${title}</h1>
</header>
<main>
<dl class="figures">
<div><dt>Cluster</dt><dd class="${overall}">${overall}</dd></div>
${countOf(statuses).map(([status, count]) => figure(`Services ${status}`, count))}
${figure('Services in all', statuses.length)}
</dl>
</main>`,
  );
}

function mutedItem({ severity, message, mutes }: MutedAlert): Html {
  return html`<li>${severity.toUpperCase()}: ${prose(message)} <span class="quiet">${prose(mutes.map(({ text }) => text).join('; '))}</span></li>`;
}

function figure(name: string, value: number): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** How many services have each status; statuses without a service are left out. */
function countByStatus(cluster: ApiContext['cluster']): [status: string, count: number][] {
  return countOf(cluster.services.map(({ id }) => cluster.result(id)?.status ?? 'unknown'));
}

function countOf(statuses: readonly string[]): [status: string, count: number][] {
  return STATUSES.map(
    status => [status, statuses.filter(each => each === status).length] as [string, number],
  ).filter(([, count]) => count > 0);
}
