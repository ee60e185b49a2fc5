// The section `ha` of monitor.yml: what follows from it, and what is wrong with it, a line each.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSentLabels } from '../../src/alerts/sent-labels.js';
import { loadConfiguration } from '../../src/app/configuration.js';
import { haWarnings } from '../../src/app/ha-warnings.js';
import { ConfigError } from '../../src/config/config-error.js';
import type { LeaseSettings } from '../../src/ha/settings.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder = '';
beforeAll(() => {
  folder = makeFolder('ha-configuration');
});
afterAll(() => removeFolder(folder));

function load(more: object) {
  const file = join(folder, 'monitor.yml');
  writeFileSync(file, JSON.stringify({ services: { a: { url: 'http://127.0.0.1:1/' } }, ...more }));
  return loadConfiguration(file, { NAME: 'b' });
}

function mistakes(more: object): string[] {
  try {
    load(more);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(line => line.slice(line.indexOf(': ') + 2));
  }
}

const redis = { host: '127.0.0.1:6379' };

describe('labels with which alerts are sent', () => {
  const own = { alertname: 'A', job: 'langgraph-monitor', instance: 'm:8083' };
  const scraped = { alertname: 'A', job: 'node', instance: 'n:9100' };
  const name = `$${'{NAME}'}`;
  const cases: [name: string, config: object, labels: Record<string, string>, want: object][] = [
    ['without ha', {}, own, own],
    [
      'of one of several monitors',
      { ha: { replica: name } },
      own,
      { alertname: 'A', job: 'langgraph-monitor' },
    ],
    ['the instance of what is scraped stays', { ha: { replica: name } }, scraped, scraped],
    [
      'steps that are configured are all there are',
      { ha: { replica: name }, alerting: { alert_relabel_configs: [] } },
      own,
      { ...own, replica: 'b' },
    ],
    [
      'an external label replica that is set stays',
      {
        ha: { replica: 'x' },
        global: { external_labels: { replica: 'own' } },
        alerting: { alert_relabel_configs: [] },
      },
      own,
      { ...own, replica: 'own' },
    ],
  ];
  test.each(cases)('%s', (_, config, labels, want) => {
    const { scrape, alertRelabelConfigs } = load(config);
    const sent = makeSentLabels({
      externalLabels: scrape.global.externalLabels,
      relabelConfigs: alertRelabelConfigs,
    });
    expect(sent(labels)).toEqual(want);
  });
});

describe('mistakes', () => {
  const cases: [name: string, config: object, want: unknown[]][] = [
    ['no name', { ha: { peers: [] } }, ['ha.replica: expected a text']],
    [
      'a peer that is no URL',
      { ha: { replica: 'a', peers: ['b:8083'] } },
      [
        'ha.peers.0: expected a URL such as http://monitor-b:8083, or a section of url, timeout and the keys of HTTP clients',
      ],
    ],
    [
      'a peer that is there twice',
      { ha: { replica: 'a', peers: ['http://b:8083', 'http://b:8083/'] } },
      ['ha.peers.1: http://b:8083 is in the list twice'],
    ],
    [
      'a lease without a Redis',
      { ha: { replica: 'a', lease: {} } },
      [expect.stringMatching(/^ha\.lease\.redis: expected keys and values; known: host, /)],
    ],
    [
      'a lease with real Alertmanagers',
      { ha: { replica: 'a', lease: { redis } }, alerting: { alertmanagers: ['http://127.0.0.1:9093'] } },
      [
        'ha.lease: is for the embedded Alertmanager; real ones send each notification once by their own cluster. Take it out',
      ],
    ],
    [
      'a Redis as a URL',
      { ha: { replica: 'a', lease: { redis: { host: 'redis://127.0.0.1' } } } },
      [
        'ha.lease.redis.host: is a URL; write HOST:PORT alone, and username, password, db and tls_config as keys of their own',
      ],
    ],
  ];
  test.each(cases)('%s', (_, config, want) => expect(mistakes(config)).toEqual(want));
});

test('each shard has a lease of its own, and silences are of all', () => {
  const keys = (shard?: object) => {
    const { ha } = load({ ha: { replica: 'a', lease: { redis } }, ...(shard && { shard }) });
    const lease = ha?.lease as LeaseSettings;
    return [lease.key, lease.statesKey];
  };
  expect(keys()).toEqual(['langgraph-monitor', 'langgraph-monitor']);
  expect([0, 1].map(index => keys({ index, of: 2 }))).toEqual([
    ['langgraph-monitor-shard-0', 'langgraph-monitor'],
    ['langgraph-monitor-shard-1', 'langgraph-monitor'],
  ]);
});

describe('warnings', () => {
  const lease = { redis };
  const kept =
    'alerting.alert_relabel_configs: alerts keep replica and instance, of which each monitor has its own, so that notifications come from each; drop them, or leave alert_relabel_configs out';
  const cases: [name: string, config: object, want: string[]][] = [
    ['one monitor', {}, []],
    ['a lease', { ha: { replica: 'a', lease } }, []],
    [
      'real Alertmanagers',
      { ha: { replica: 'a' }, alerting: { alertmanagers: ['http://127.0.0.1:9093'] } },
      [],
    ],
    [
      'no lease',
      { ha: { replica: 'a' } },
      ['ha: without a lease every monitor sends each notification; set ha.lease, or alerting.alertmanagers'],
    ],
    ['alerts that differ', { ha: { replica: 'a', lease }, alerting: { alert_relabel_configs: [] } }, [kept]],
  ];
  test.each(cases)('%s', (_, config, want) => expect(haWarnings(load(config))).toEqual(want));
});
