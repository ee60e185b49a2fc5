// Which IP protocol a probe uses, under blackbox_exporter's keys: shared by every kind that has an address.
// Source: blackbox_exporter, CONFIGURATION.md, <http_probe>.

import { z } from 'zod';
import { flag } from './fields.js';

/** The keys, to be spread into a section. */
export const ipProtocolShape = {
  /** Tried first; without it whichever connects. */
  preferred_ip_protocol: z.enum(['ip4', 'ip6'], { error: 'expected ip4 or ip6' }).optional(),
  ip_protocol_fallback: flag().default(true),
};

export interface IpProtocolConfig {
  preferred_ip_protocol?: 'ip4' | 'ip6' | undefined;
  /** Absent: true. */
  ip_protocol_fallback?: boolean | undefined;
}
