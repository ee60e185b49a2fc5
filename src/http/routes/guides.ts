// GET /runbook and /dashboards: where alerts lead.

import { z } from 'zod';
import { guidePage } from '../page/guide.js';
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
  query: z.object({
    uid: z
      .string()
      .optional()
      .describe(
        'The dashboard an alert leads to, where `links.grafana` is not set, with its variables behind a `?`',
      ),
  }),
  answer: ['text/html'],
  handle: ({ uid }) =>
    guidePage('dashboards', 'dashboards', uid === undefined ? undefined : withoutGrafana(uid)),
});
