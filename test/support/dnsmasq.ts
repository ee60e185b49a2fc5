// A real dnsmasq for a test, which answers from its command line alone.

import { Child, freePort } from './child.js';

export interface Dnsmasq {
  /** `127.0.0.1:PORT`, over UDP and TCP. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. @param records its options: `--host-record=one.test,10.0.0.7` */
export async function startDnsmasq(records: readonly string[]): Promise<Dnsmasq> {
  const port = await freePort();
  const child = new Child('dnsmasq', [
    ...['--no-daemon', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--no-dhcp-interface=lo'],
    ...[`--port=${port}`, '--listen-address=127.0.0.1', '--bind-interfaces', '--local=/test/', '--pid-file='],
    ...records,
  ]);
  // It prints this once it has bound its ports.
  await child.until(async () => child.output.includes('started, version'));
  return { address: `127.0.0.1:${port}`, port, close: () => child.kill() };
}
