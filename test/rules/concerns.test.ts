// Which alerts an expression over ALERTS is about, asked with one alert at a time.

import { expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { findingsAbout, isFinding } from '../../src/rules/concerns.js';

const AT = Date.UTC(2026, 0, 15, 12);
const DOWN = { alertname: 'ServiceDown', severity: 'critical', target: 'tools', instance: 'm:1' };
const COPY =
  'label_replace(ALERTS{alertstate="firing", severity="critical"}, "escalates", "$1", "alertname", "(.*)")';
const RISEN = { ...DOWN, alertname: 'Risen', alertstate: 'firing', escalates: 'ServiceDown' };

test.each<[name: string, expression: string, added: string[], risen: Record<string, string>, want: boolean]>([
  ['a copy of it', COPY, ['escalation'], { ...RISEN, escalation: 'level2' }, true],
  ['a copy of another alert of the target', COPY, [], { ...RISEN, escalates: 'ServiceSlow' }, false],
  ['a copy of another target', COPY, [], { ...RISEN, target: 'redis' }, false],
  ['one with a severity of its own', COPY, ['severity'], { ...RISEN, severity: 'page' }, true],
  [
    'one that leaves labels out',
    'max by (target, severity) (ALERTS{alertstate="firing"})',
    ['team'],
    { alertname: 'Any', target: 'tools', severity: 'critical', team: 'x' },
    true,
  ],
  [
    'one that counts',
    'count by (severity) (ALERTS{alertstate="firing"}) > 0',
    [],
    { alertname: 'Many', severity: 'critical' },
    true,
  ],
  [
    'one that needs more than this alert',
    'count by (severity) (ALERTS{alertstate="firing"}) > 1',
    [],
    { alertname: 'Many', severity: 'critical' },
    false,
  ],
  [
    'one of its age',
    'time() - ALERTS_FOR_STATE{target="tools"} > 60',
    [],
    { ...DOWN, alertname: 'Old' },
    true,
  ],
  [
    'one that is younger',
    'time() - ALERTS_FOR_STATE{target="tools"} > 3600',
    [],
    { ...DOWN, alertname: 'Old' },
    false,
  ],
  [
    'one over a time',
    'count_over_time(ALERTS{alertname="ServiceDown"}[10m]) > 30',
    [],
    { ...DOWN, alertname: 'Long', alertstate: 'firing' },
    true,
  ],
  [
    'one that needs other series',
    'ALERTS and on (target) up == 0',
    [],
    { ...DOWN, alertname: 'Other' },
    false,
  ],
  ['one that cannot be read', 'ALERTS{', [], DOWN, false],
])('%s', (_, expression, added, risen, want) => {
  const found = findingsAbout(expression, { labels: Labels.of(DOWN), startsAt: AT - 600_000 }, AT);
  expect(found.some(each => isFinding(each, Labels.of(risen), added))).toBe(want);
});
