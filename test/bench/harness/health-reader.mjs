// In: monitors' URLs. Out: how fast they answer /cluster_health to clients that ask once a second, how many bytes that is, and when
// the status of a service is there.

import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const EVERY = 1000;
const unzip = promisify(gunzip);

/** Reads until it is stopped. */
export class HealthReader {
  /** Milliseconds from request to last byte, of all answers. */
  latencies = [];
  /** Bytes that came over the connections. */
  bytes = 0;
  answers = 0;
  /** Of the last answer, uncompressed. */
  size = 0;
  #urls;
  #agent = new http.Agent({ keepAlive: true });
  #watched = new Set();
  #isStopped = false;
  #running;

  constructor(urls) {
    this.#urls = urls;
    this.#running = Promise.all(urls.map((url, i) => this.#read(url, (i * EVERY) / urls.length)));
    this.#running.catch(() => {});
  }

  /** Forgets what was measured until now. */
  reset() {
    this.latencies = [];
    this.bytes = this.answers = 0;
  }

  /**
   * Resolves with the times, as performance.now() says, at which the first monitor shows a service in a state, and all of them.
   * @param isWanted of the status of the service
   */
  async shown(id, isWanted, patience) {
    const watch = { id, isWanted, left: new Set(this.#urls) };
    this.#watched.add(watch);
    try {
      const giveUp = performance.now() + patience;
      while (watch.left.size > 0 && performance.now() < giveUp) await sleep(50);
      if (watch.left.size > 0) throw new Error(`${id} is not shown as expected after ${patience / 1000} s`);
      return { first: watch.first, all: watch.at };
    } finally {
      this.#watched.delete(watch);
    }
  }

  async stop() {
    this.#isStopped = true;
    await this.#running.finally(() => this.#agent.destroy());
  }

  async #read(url, offset) {
    await sleep(offset);
    while (!this.#isStopped) {
      const begun = performance.now();
      const body = await this.#get(`${url}/cluster_health`);
      const ended = performance.now();
      this.latencies.push(ended - begun);
      this.bytes += body.length;
      this.answers++;
      if (this.#watched.size > 0 || this.size === 0) await this.#look(url, body, ended);
      await sleep(Math.max(0, begun + EVERY - performance.now()));
    }
  }

  async #look(url, body, at) {
    const text = (await unzip(body)).toString('latin1');
    this.size = text.length;
    for (const watch of this.#watched) {
      if (!watch.left.has(url) || !watch.isWanted(statusIn(text, watch.id))) continue;
      watch.left.delete(url);
      watch.first ??= at;
      watch.at = at;
    }
  }

  #get(url) {
    return new Promise((resolve, reject) => {
      const options = { agent: this.#agent, headers: { 'accept-encoding': 'gzip' }, timeout: 30_000 };
      const request = http.get(url, options, response => {
        const chunks = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(Buffer.concat(chunks)));
      });
      request.on('timeout', () => request.destroy(new Error(`${url} does not answer within 30 s`)));
      request.on('error', reject);
    });
  }
}

/** A service's status in the text of an answer, which is megabytes: it is not parsed. */
function statusIn(text, id) {
  const at = text.indexOf(`"${id}":{`);
  const status = '"status":"';
  const begin = text.indexOf(status, at) + status.length;
  return at < 0 ? undefined : text.slice(begin, text.indexOf('"', begin));
}

/** How many services of an answer have a status other than unknown. */
export async function knownServices(url) {
  const answer = await fetch(`${url}/cluster_health`);
  const text = await answer.text();
  const count = word => text.split(word).length - 1;
  return count('"health":{"status":"') - count('"health":{"status":"unknown"');
}

/** Whether a monitor finds the cluster healthy. */
export async function isHealthy(url) {
  return (await (await fetch(`${url}/cluster_health`)).json()).overall_status === 'healthy';
}
