// From a service's failure to the webhook of its alert: services fail one after the other, for all contestants at the same
// times, which are unrelated to any one's interval. All check every 5 s, evaluate every 5 s where that is a step of its own, and have no group_wait.
// One failed check is an outage for all; beside it the monitor with its defaults, which confirms a failure two seconds later.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { map, OURS } from '../harness/bench.mjs';
import { startFailingTarget } from '../harness/failing-target.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import { startAlertmanager, startBlackbox, startPrometheus, throughBlackbox } from '../harness/peers.mjs';
import { quantile } from '../harness/statistics.mjs';
import { startWebhook } from '../harness/webhook.mjs';

const INTERVAL = 5;
/** Between two failures, milliseconds: neither a part nor a multiple of the interval. */
const GAP = 1730;
const PATIENCE = 40_000;
const STACK = 'Prometheus + blackbox_exporter + Alertmanager';

export default {
  name: 'alert-latency',
  minutes: 1.2,
  about: 'failure to webhook, checks every 5 s',
  async run(bench) {
    const count = bench.either(25, 8);
    const [ours, confirmed, stack] = await Promise.all([
      bench.measure(OURS, children => times(count, ctx => startOurs(bench, children, ctx, 1))),
      bench.measure(`${OURS}, confirmed`, children =>
        times(count, ctx => startOurs(bench, children, ctx, 2)),
      ),
      bench.measure(STACK, children => times(count, ctx => startStack(bench, children, ctx))),
    ]);
    const line = (what, q, ours, reach) => ({
      what,
      of: 'clients',
      unit: 's',
      ours: map(ours, values => quantile(values, q) / 1000),
      peers: [map(stack, values => quantile(values, q) / 1000)],
      reach,
    });
    const ahead = { atMostOf: { who: STACK, share: 1 } };
    return [
      line(`${this.about}, p50`, 0.5, ours, ahead),
      line(`${this.about}, p95`, 0.95, ours, ahead),
      line('the same with a second check 2 s later that confirms it, p50', 0.5, confirmed),
      line('the same with a second check 2 s later that confirms it, p95', 0.95, confirmed),
    ];
  },
};

/** Milliseconds from each failure to its message. */
async function times(count, start) {
  const [target, webhook] = [await startFailingTarget(), await startWebhook()];
  try {
    const names = Array.from({ length: count }, (_, i) => `s${i}`);
    await start({ names, target, webhook });
    // All contestants have checked every service as healthy.
    await sleep(3 * INTERVAL * 1000);
    const failed = new Map();
    for (const name of names) {
      failed.set(name, performance.now());
      target.failing.add(`/${name}`);
      await sleep(GAP);
    }
    const end = performance.now() + PATIENCE;
    const isReceived = name => webhook.received.has(`firing ${name}`);
    while (!names.every(isReceived) && performance.now() < end) await sleep(100);
    const missing = names.filter(name => !isReceived(name));
    if (missing.length > 0) throw new Error(`no message for ${missing.join(', ')}`);
    return names.map(name => webhook.received.get(`firing ${name}`) - failed.get(name));
  } finally {
    await Promise.all([target.close(), webhook.close()]);
  }
}

const alertmanagerYml = ({ webhook }) => ({
  route: { receiver: 'hook', group_by: ['target'], group_wait: '0s', group_interval: '1m' },
  receivers: [{ name: 'hook', webhook_configs: [{ url: webhook.url }] }],
});

async function startOurs(bench, children, ctx, failures) {
  const file = join(bench.folder, `alertmanager-${failures}.yml`);
  // Only what this is about: escalations would come to the same webhook.
  writeFileSync(file, JSON.stringify(alertmanagerYml(ctx)));
  const services = Object.fromEntries(
    ctx.names.map(name => [
      name,
      { url: `${ctx.target.url}/${name}`, critical: true, confirm: { failures, successes: 1 } },
    ]),
  );
  const every = `${INTERVAL}s`;
  await startMonitor(bench, children, {
    // Half of them down makes the cluster unhealthy, and then checks come more often; here they do not.
    scan: { intervals: { critical: every, other: every } },
    alerting: { config_file: file },
    rule_files: [rulesFile(bench)],
    services,
  });
}

/** The shipped alert in one rule, and a status that never changes the pace. */
function rulesFile(bench) {
  const file = join(bench.folder, 'latency.rules.yml');
  const rules = [
    { record: 'langgraph:cluster_status', expr: 'vector(2)' },
    { alert: 'ServiceDown', expr: 'langgraph_monitor_service_up == 0', labels: { severity: 'critical' } },
  ];
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'latency', rules }] }));
  return file;
}

async function startStack(bench, children, ctx) {
  const blackbox = await startBlackbox(bench, children);
  const alertmanager = await startAlertmanager(bench, children, alertmanagerYml(ctx));
  const file = join(bench.folder, 'stack.rules.yml');
  const expr = 'label_replace(probe_success == 0, "target", "$1", "instance", ".*/(.*)")';
  const rules = [{ alert: 'ServiceDown', expr, labels: { severity: 'critical' } }];
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'latency', rules }] }));
  const urls = ctx.names.map(name => `${ctx.target.url}/${name}`);
  await startPrometheus(bench, children, [throughBlackbox(blackbox, urls, INTERVAL)], {
    config: {
      global: { evaluation_interval: `${INTERVAL}s` },
      rule_files: [file],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }] },
    },
  });
}
