// GET /runbook and /dashboards: where alerts lead.

import { guidePage } from '../page/guide.js';
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
  answer: ['text/html'],
  handle: () => guidePage('dashboards', 'dashboards'),
});
