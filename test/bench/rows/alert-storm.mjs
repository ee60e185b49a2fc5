// Many alerts at once, grouped and delivered: from the first request that brings them to the message with the
// last one, and the memory for that. The same requests and the same alertmanager.yml for the monitor and a real
// Alertmanager.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryMiB } from '../harness/accounting.mjs';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import { startAlertmanager } from '../harness/peers.mjs';
import { inTurns, started } from '../harness/turns.mjs';
import { startWebhook } from '../harness/webhook.mjs';

const ALERTS = 10_000;
/** Of one request, as Prometheus sends them. */
const BATCH = 64;
const PATIENCE = 60_000;
const PEER = 'Alertmanager';

export default {
  name: 'alert-storm',
  minutes: 0.8,
  about: '10,000 alerts grouped and delivered',
  async run(bench) {
    const rounds = bench.either(5, 2);
    const children = new Children();
    const webhooks = [];
    try {
      const contestant = async (who, start) => {
        const open = async () => {
          const webhook = await startWebhook();
          webhooks.push(webhook);
          return await opened(webhook, config => start(bench, children, config));
        };
        return await started(bench, who, open, server => storm(server));
      };
      const contestants = [await contestant(OURS, startOurs), await contestant(PEER, startAlertmanager)];
      await sleep(3000);
      for (const { value } of contestants) if (value) value.before = memoryMiB(value.pid).rss;
      const seconds = await inTurns(bench, rounds, contestants);
      const peaks = contestants.map(each => map(each, ({ pid }) => memoryMiB(pid).peak));
      const growths = contestants.map((each, i) => map(each, ({ before }) => peaks[i].value - before));
      const line = (what, unit, [ours, peer], reach, of = 'process') => ({
        what,
        of,
        unit,
        ours,
        peers: [peer],
        reach,
      });
      return [
        line(`${this.about}, from the first request to the last message`, 's', seconds, {
          atMostOf: { who: PEER, share: 1.2 },
        }),
        line('the same, memory at its largest', 'MiB', peaks),
        line('the same, memory grown by', 'MiB', growths),
      ];
    } finally {
      await children.stop();
      for (const webhook of webhooks) await webhook.close();
    }
  },
};

/** A server that sends to a webhook of its own. */
async function opened(webhook, start) {
  const { url, pid } = await start({
    route: { receiver: 'hook', group_by: ['round'], group_wait: '1s', group_interval: '1s' },
    receivers: [{ name: 'hook', webhook_configs: [{ url: webhook.url }] }],
  });
  return { url, pid, webhook, rounds: 0 };
}

/** In seconds. */
async function storm(server) {
  const { url, webhook } = server;
  const round = server.rounds++;
  const name = i => `r${round}-${i}`;
  const begun = performance.now();
  for (let from = 0; from < ALERTS; from += BATCH) {
    const alerts = Array.from({ length: Math.min(BATCH, ALERTS - from) }, (_, i) => ({
      labels: {
        ...{ alertname: 'ServiceDown', severity: 'critical', job: 'langgraph-monitor', round: `${round}` },
        target: name(from + i),
      },
      annotations: { summary: `Service ${from + i} is down`, description: 'It answers HTTP 503' },
    }));
    const answer = await fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    });
    if (!answer.ok) throw new Error(`HTTP ${answer.status} ${await answer.text()}`);
  }
  const end = performance.now() + PATIENCE;
  const isReceived = i => webhook.received.has(`firing ${name(i)}`);
  for (let i = 0; i < ALERTS; i++) {
    while (!isReceived(i)) {
      if (performance.now() > end) throw new Error(`no message for ${name(i)}`);
      await sleep(5);
    }
  }
  const last = Math.max(
    ...Array.from({ length: ALERTS }, (_, i) => webhook.received.get(`firing ${name(i)}`)),
  );
  return (last - begun) / 1000;
}

async function startOurs(bench, children, config) {
  const file = join(bench.folder, 'storm-alertmanager.yml');
  writeFileSync(file, JSON.stringify(config));
  return await startMonitor(bench, children, {
    alerting: { config_file: file },
    services: { idle: { url: 'http://127.0.0.1:9/' } },
  });
}
