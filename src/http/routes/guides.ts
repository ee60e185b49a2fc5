// GET /runbook and /dashboards: where alerts lead.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { guidePage } from '../page/guide.js';
import { statusPage } from '../page/status-page.js';
import { viewOfDashboard } from '../page/view-of-dashboard.js';
import { withoutGrafana } from '../page/without-grafana.js';
import { route } from '../route.js';

export const runbook = route({
  method: 'GET',
  path: '/runbook',
  summary: 'What each alert means, how to look, what to do',
  answer: ['text/html'],
  handle: () => guidePage('runbook', 'runbook'),
});

export const dashboards = route({
  method: 'GET',
  path: '/dashboards',
  summary: "Grafana's dashboards: the question each answers, and how to open them",
  query: () =>
    z.object({
      uid: z
        .string()
        .optional()
        .describe(
          'The dashboard an alert leads to, where `links.grafana` is not set, with its variables behind a `?`',
        ),
    }),
  answer: ['text/html'],
  others: { 302: { when: 'The status page has a view that shows what the dashboard does' } },
  async handle({ uid }, { cluster, page: settings }: Pick<ApiContext, 'cluster' | 'page'>) {
    if (uid === undefined) return guidePage('dashboards', 'dashboards');
    const page = await statusPage();
    const view =
      page &&
      viewOfDashboard(
        uid,
        path => page.hasView(path, settings().readOnly),
        id => cluster.has(id),
      );
    if (view === undefined) return guidePage('dashboards', 'dashboards', withoutGrafana(uid));
    return { status: 302, headers: { location: view, 'cache-control': 'no-cache' }, body: '' };
  },
});
