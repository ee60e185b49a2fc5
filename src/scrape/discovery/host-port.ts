// Addresses with and without ports. Source: Go's net.SplitHostPort, Prometheus' scrape/target.go.

/** Host and port of `host:port` or `[host]:port`; undefined for anything else. */
export function splitHostPort(address: string): { host: string; port: string } | undefined {
  const bracketed = /^\[([^[\]]*)\]:([^[\]:]*)$/.exec(address);
  const [, host, port] = bracketed ?? /^([^[\]:]*):([^[\]:]*)$/.exec(address) ?? [];
  return host === undefined || port === undefined ? undefined : { host, port };
}

/** Whether an address has no port and would be one with a port. */
export function lacksPort(address: string): boolean {
  return splitHostPort(address) === undefined && splitHostPort(`${address}:1234`) !== undefined;
}
