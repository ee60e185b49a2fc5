// The section `web` of monitor.yml: names and proxies of the monitor's own address. Comes in: YAML; goes out: what
// policy for requests of browsers.

import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { about, ofType } from '../config/about.js';
import { section, text } from '../config/fields.js';
import type { AccessSettings } from './access.js';

const NAME = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;
/** Entries a list may have: each is compared with every request that changes something. */
const MAX_ENTRIES = 100;

const hostName = text().transform((given, context): string => {
  const name = nameOf(given);
  if (isIP(given) !== 0 || NAME.test(name)) return name;
  context.addIssue({
    code: 'custom',
    message: `${JSON.stringify(given)} is no host name; write monitor.example.org or *.example.org, without scheme, port and path`,
  });
  return z.NEVER;
});

function nameOf(given: string): string {
  const isWild = given.startsWith('*.');
  const ascii = domainToASCII(isWild ? given.slice(2) : given).replace(/\.$/, '');
  return isWild ? `*.${ascii}` : ascii;
}

const range = text().refine(
  isRange,
  'expected an address or a network, such as 127.0.0.1 or fd00::/8, of a proxy that sets X-Forwarded-Host',
);

function isRange(given: string): boolean {
  const [address = '', bits, ...rest] = given.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function networks(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const each of ranges) {
    const [address = '', bits] = each.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** The section's schema. */
export const webSection = section({
  allowed_hosts: about(
    z
      .array(ofType('host name', { type: 'string' }, hostName), {
        error: 'expected a list of host names, such as [monitor.example.org]',
      })
      .max(MAX_ENTRIES, `expected at most ${MAX_ENTRIES} names`)
      .default([]),
    'Host names under which a browser may change something here, beside addresses, localhost, the machine and that of `--web.external-url`.',
    { example: ['monitor.example.org'] },
  ),
  trusted_proxies: about(
    z
      .array(ofType('addresses or networks', { type: 'string' }, range), {
        error: 'expected a list of addresses, such as [127.0.0.1]',
      })
      .max(MAX_ENTRIES, `expected at most ${MAX_ENTRIES} addresses`)
      .default([]),
    'Proxies whose `X-Forwarded-Host` counts instead of `Host`.',
    { example: ['127.0.0.1'] },
  ),
}).transform(
  ({ allowed_hosts, trusted_proxies }): AccessSettings => ({
    allowedHosts: allowed_hosts,
    trustedProxies: networks(trusted_proxies),
  }),
);
