// What is read without the shape is what the shape makes of it; anything unusual is left to the shape.

import { expect, test } from 'vitest';
import { postableAlerts } from '../../../src/http/alertmanager/shapes.js';
import { readUsualAlerts } from '../../../src/http/alertmanager/usual-alerts.js';

const LABELS = { alertname: 'ServiceDown', target: 'tools' };

test.each<[name: string, alerts: string]>([
  ['none', '[]'],
  ['labels alone', '[{"labels":{"alertname":"Down"}}]'],
  ['no labels', '[{"labels":{}}]'],
  [
    'all that Prometheus sends',
    `[{"labels":{"alertname":"Down","empty":""},"annotations":{"summary":"It is ünï"},
      "startsAt":"2024-01-15T10:30:45.123456789Z","endsAt":"2024-01-15T11:30:45+01:00",
      "generatorURL":"http://127.0.0.1:9090/graph?g0.expr=up+%3D%3D+0"}]`,
  ],
  ['times that are none', '[{"labels":{"a":"b"},"startsAt":"0001-01-01T00:00:00.000Z","endsAt":""}]'],
  ['a time without a zone', '[{"labels":{"a":"b"},"startsAt":"2024-01-15 10:30:45"}]'],
  [
    'a path and an empty address',
    '[{"labels":{"a":"b"},"generatorURL":"/graph"},{"labels":{"a":"c"},"generatorURL":""}]',
  ],
  ['names of objects', '[{"labels":{"__proto__":"a","constructor":"b"},"annotations":{"__proto__":"c"}}]'],
  ['fields that have no meaning', '[{"labels":{"a":"b"},"status":{"state":"active"},"fingerprint":1}]'],
])('%s', (_, text) => {
  const usual = readUsualAlerts(JSON.parse(text));
  expect(usual).toBeDefined();
  expect(usual?.map(entriesOf)).toEqual(postableAlerts.parse(JSON.parse(text)).map(entriesOf));
});

/** `__proto__` as any other name. */
function entriesOf({ labels, annotations, ...rest }: ReturnType<typeof postableAlerts.parse>[number]) {
  return { ...rest, labels: Object.entries(labels), annotations: annotations && Object.entries(annotations) };
}

test.each<[name: string, body: unknown]>([
  ['no list', { labels: LABELS }],
  ['nothing', null],
  ['an alert that is none', [null]],
  ['a list for an alert', [[]]],
  ['no labels', [{}]],
  ['null for labels', [{ labels: null }]],
  ['a list of labels', [{ labels: [] }]],
  ['a label that is a number', [{ labels: { a: 1 } }]],
  ['a label that is null', [{ labels: { a: null } }]],
  ['an annotation that is null', [{ labels: LABELS, annotations: { a: null } }]],
  ['null for annotations', [{ labels: LABELS, annotations: null }]],
  ['a text for annotations', [{ labels: LABELS, annotations: 'a' }]],
  ['a time that is none', [{ labels: LABELS, startsAt: 'yesterday' }]],
  ['a number for a time', [{ labels: LABELS, endsAt: 1 }]],
  ['an address that is none', [{ labels: LABELS, generatorURL: 'graph' }]],
  ['a number for an address', [{ labels: LABELS, generatorURL: 1 }]],
  ['a wrong one after a right one', [{ labels: LABELS }, { labels: 1 }]],
])('left to the shape: %s', (_, body) => {
  expect(readUsualAlerts(body)).toBeUndefined();
});
