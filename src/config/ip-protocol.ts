// Which IP protocol a probe uses, under blackbox_exporter's keys: shared by every kind that has an address.
// Source: blackbox_exporter, CONFIGURATION.md, <http_probe>.

import { z } from 'zod';
import { about } from './about.js';
import { flag } from './fields.js';

/** The keys, to be spread into a section. */
export const ipProtocolShape = {
  preferred_ip_protocol: about(
    z.enum(['ip4', 'ip6'], { error: 'expected ip4 or ip6' }).optional(),
    'IP protocol that is tried first where a name has addresses of both.',
    { example: 'ip4', fallback: 'the one that connects first' },
  ),
  ip_protocol_fallback: about(
    flag().default(true),
    'Use the other protocol where the preferred one has no address or does not connect.',
  ),
};

export interface IpProtocolConfig {
  preferred_ip_protocol?: 'ip4' | 'ip6' | undefined;
  /** Absent: true. */
  ip_protocol_fallback?: boolean | undefined;
}
