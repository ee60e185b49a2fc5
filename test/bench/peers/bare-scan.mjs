// The floor under a scan of the six services in Node: asks what the probes ask (five requests, HAProxy's page of statistics, Redis'
// INFO) over kept connections, takes the page apart and drops everything.
//
// usage: bare-scan.mjs EVERY_MS SERVICES
// SERVICES are the `services` of a monitor.yml as JSON. Prints each second the checks it has made, one for each service and scan, and
// the CPU it has used, in milliseconds: {"requests":R,"cpu":C}.

import http from 'node:http';
import net from 'node:net';
import { parse } from 'csv-parse/sync';
import { getWith } from './get.mjs';

const [every, services] = [Number(process.argv[2]), Object.values(JSON.parse(process.argv[3]))];
const agent = new http.Agent({ keepAlive: true });

const ask = getWith(agent);

/** Asks a Redis for what it says of itself; an answer of `$LENGTH` and so many bytes. */
function redisAt(host) {
  const [address, port] = host.split(':');
  const socket = net.connect({ host: address, port: Number(port), noDelay: true }).setEncoding('latin1');
  let [text, done] = ['', undefined];
  socket.on('data', piece => {
    text += piece;
    const start = text.indexOf('\r\n') + 2;
    if (start < 2 || text.length < start + Number(text.slice(1, start - 2)) + 2) return;
    const fields = new Map(
      text
        .slice(start)
        .split('\r\n')
        .map(line => line.split(':', 2)),
    );
    text = '';
    done(fields);
  });
  return () =>
    new Promise(resolve => {
      done = resolve;
      socket.write('*1\r\n$4\r\nINFO\r\n');
    });
}

const page = async url => parse((await ask(url)).replace(/^# /, ''), { columns: true });
const checks = services.flatMap(({ url, stats_url, host }) => [
  host ? redisAt(host) : () => ask(url),
  ...(stats_url ? [() => page(stats_url)] : []),
]);

let requests = 0;
setInterval(async () => {
  await Promise.all(checks.map(check => check()));
  requests += services.length;
}, every);
setInterval(() => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${JSON.stringify({ requests, cpu: (user + system) / 1000 })}\n`);
}, 1000);
