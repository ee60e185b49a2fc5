// What it costs to print 50,000 series whose values have all changed: by prom-client alone, and by joining
// values to lines whose beginnings were made once.
//
// usage: render.mjs prom-client|prefixes ROUNDS; prints {"series":N,"cpu_ms":C} for one round.

import { Gauge, Registry } from 'prom-client';

const [how, rounds] = process.argv.slice(2);
const [FAMILIES, BACKENDS, SERVERS] = [50, 100, 10];

function promClient() {
  const registry = new Registry();
  const labelNames = ['target', 'proxy', 'server'];
  const gauges = Array.from(
    { length: FAMILIES },
    (_, f) =>
      new Gauge({ name: `haproxy_server_family_${f}`, help: 'A family.', labelNames, registers: [registry] }),
  );
  const children = gauges.flatMap(gauge =>
    places().map(([proxy, server]) => gauge.labels({ target: 'haproxy', proxy, server })),
  );
  return round => {
    for (const [i, child] of children.entries()) child.set(i + round);
    return registry.metrics();
  };
}

function prefixes() {
  const lines = [];
  for (let f = 0; f < FAMILIES; f++) {
    const name = `haproxy_server_family_${f}`;
    let head = `# HELP ${name} A family.\n# TYPE ${name} gauge\n`;
    for (const [proxy, server] of places()) {
      lines.push(`${head}${name}{target="haproxy",proxy="${proxy}",server="${server}"} `);
      head = '';
    }
  }
  const values = new Float64Array(lines.length);
  return round => {
    let text = '';
    for (let i = 0; i < lines.length; i++) {
      values[i] = i + round;
      text += `${lines[i] + values[i]}\n`;
    }
    return text;
  };
}

function places() {
  return Array.from({ length: BACKENDS * SERVERS }, (_, i) => [
    `backend${Math.floor(i / SERVERS)}`,
    `s${i % SERVERS}`,
  ]);
}

const render = how === 'prom-client' ? promClient() : prefixes();
// The bytes are made in both, as a server would: a string that was only joined has not been written yet.
for (let i = 0; i < 3; i++) Buffer.from(await render(i));
const cpu = process.cpuUsage();
for (let i = 0; i < Number(rounds); i++) Buffer.from(await render(i + 3));
const used = process.cpuUsage(cpu);
const series = FAMILIES * BACKENDS * SERVERS;
process.stdout.write(
  `${JSON.stringify({ series, cpu_ms: (used.user + used.system) / 1000 / Number(rounds) })}\n`,
);
