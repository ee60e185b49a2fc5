// A service's choice of IP protocol, as connections are made by it.

import type { IpProtocolConfig } from '../config/ip-protocol.js';
import { ANY_PROTOCOL, type ProtocolPreference } from '../net/address.js';

/** Without a preferred protocol both may be used: a fallback alone says nothing. */
export function protocolOf(config: IpProtocolConfig): ProtocolPreference {
  const { preferred_ip_protocol: preferred, ip_protocol_fallback: fallback = true } = config;
  return preferred ? { preferred: preferred === 'ip4' ? 4 : 6, fallback } : ANY_PROTOCOL;
}
