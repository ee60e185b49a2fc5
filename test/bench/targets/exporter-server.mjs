// What is scraped: exporters of some hundred series each, one per port, compressed when asked. Counters grow, gauges wander,
// a third of the values stays as it is between two scrapes, as with real exporters. Prints its ports as a JSON list.

import http from 'node:http';
import { gzipSync } from 'node:zlib';

const [targets = 100, series = 500] = process.argv.slice(2).map(Number);
/** Families of each kind have ten series. */
const WIDTH = 10;
const TYPES = ['counter', 'gauge', 'counter', 'gauge', 'histogram'];

/** Numbers below 1 that are the same in every run. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Exporter {
  #next;
  #values = new Float64Array(series);

  constructor(number) {
    this.#next = random(number + 1);
  }

  page() {
    let text = '';
    for (let first = 0, family = 0; first < series; first += WIDTH, family++) {
      const type = TYPES[family % TYPES.length];
      const name = `app_${type === 'gauge' ? 'queue' : 'requests'}_${family}_${type === 'histogram' ? 'seconds' : type}`;
      text += `# HELP ${name} What family ${family} of this exporter means to its readers.\n# TYPE ${name} ${type}\n`;
      for (let i = 0; i < WIDTH && first + i < series; i++)
        text += this.#line(name, type, family, i, first + i);
    }
    return text;
  }

  #line(name, type, family, i, at) {
    const next = this.#next();
    const changes = family % 3 > 0;
    if (type === 'gauge' && changes)
      this.#values[at] = Math.round((this.#values[at] + next * 10 - 5) * 1000) / 1000;
    else if (changes) this.#values[at] += Math.floor(next * 100);
    if (type === 'histogram')
      return `${name}_bucket{handler="/api/v1/things",le="${i < 9 ? 0.005 * 2 ** i : '+Inf'}"} ${this.#values[at]}\n`;
    return `${name}{handler="/api/v1/things/${i}",method="GET",code="200"} ${this.#values[at]}\n`;
  }
}

const ports = [];
for (let number = 0; number < targets; number++) {
  const exporter = new Exporter(number);
  const server = http.createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    const isGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const text = exporter.page();
    const body = isGzip ? gzipSync(text) : Buffer.from(text);
    const headers = {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'content-length': body.length,
    };
    response.writeHead(200, isGzip ? { ...headers, 'content-encoding': 'gzip' } : headers).end(body);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  ports.push(server.address().port);
}
process.stdout.write(`${JSON.stringify(ports)}\n`);
