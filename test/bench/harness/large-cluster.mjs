// In: how many services. Out: a cluster of so many on loopback, 2 % of which fail and 1 % never answer, and the configuration of
// monitors that check them.

import { freePort, post } from './loopback.mjs';
import { printed, program } from './peers.mjs';

/** Services of one process: each has a listener and a connection or two, and a process may have 20,000 files open. */
const OF_ONE_PROCESS = 2500;
/** Of each hundred. The first half of all is critical and well, so that the cluster is healthy and is checked at its usual pace. */
const FAILING = 2;
const HANGING = 1;

/** @returns {Promise<LargeCluster>} */
export async function startLargeCluster(children, count) {
  const port = await freePort();
  const controls = [];
  for (let first = 0; first < count; first += OF_ONE_PROCESS) {
    const args = [
      program('targets/cluster-server.mjs'),
      first,
      Math.min(OF_ONE_PROCESS, count - first),
      port,
    ];
    const { value } = await printed(children, 'the services', process.execPath, args.map(String));
    controls.push(value.control);
  }
  const cluster = new LargeCluster(count, port, controls);
  await cluster.begin();
  return cluster;
}

class LargeCluster {
  /** Numbers of services that are not well from the start. */
  failing = [];
  hanging = [];
  #port;
  #controls;

  constructor(count, port, controls) {
    this.count = count;
    this.#port = port;
    this.#controls = controls;
    const half = Math.floor(count / 2);
    // Spread over the half that is not critical.
    const everyNth = (share, offset) =>
      Array.from({ length: Math.round((count * share) / 100) }, (_, i) => half + offset + i * 20);
    this.failing = everyNth(FAILING, 1);
    this.hanging = everyNth(HANGING, 2);
  }

  async begin() {
    await this.set(this.failing, 'failing');
    await this.set(this.hanging, 'hanging');
  }

  /** @param numbers of services @param state healthy, failing or hanging */
  async set(numbers, state) {
    for (const [i, control] of this.#controls.entries()) {
      const own = numbers.filter(number => Math.floor(number / OF_ONE_PROCESS) === i);
      if (own.length > 0)
        await post(`http://127.0.0.1:${control}/set?state=${state}&index=${own.join(',')}`, '');
    }
  }

  /** Numbers of services that are well, not critical and stay well unless they are told otherwise. */
  spare(count) {
    const half = Math.floor(this.count / 2);
    const step = Math.floor(half / 20 / count) * 20;
    return Array.from({ length: count }, (_, i) => half + 5 + i * step);
  }

  url(number) {
    return `http://127.1.${number >> 8}.${number & 255}:${this.#port}/health`;
  }

  get urls() {
    return Array.from({ length: this.count }, (_, number) => this.url(number));
  }

  /** The section `services` of monitor.yml. */
  services({ timeout = '5s' } = {}) {
    return Object.fromEntries(
      this.urls.map((url, number) => [
        idOf(number),
        { name: `Service ${number}`, url, timeout, critical: number < Math.floor(this.count / 2) },
      ]),
    );
  }
}

/** A service's id in the configuration. */
export const idOf = number => `service${number}`;
