// A target's URL for a reader elsewhere. Source: Prometheus, web/api/v1/api.go (getGlobalURL).

/** The hosts that are another machine for each reader. */
const LOCAL = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Where the machine is named by itself, the external URL's host stands instead, and all of its address for the monitor's own. */
export function globalUrl(url: string, externalUrl: string): string {
  if (!URL.canParse(url) || !URL.canParse(externalUrl)) return url;
  const [target, external] = [new URL(url), new URL(externalUrl)];
  if (!LOCAL.has(target.hostname)) return url;
  const rest = url.slice(url.indexOf('/', url.indexOf('//') + 2));
  if (portOf(target) === portOf(external)) return `${external.protocol}//${external.host}${rest}`;
  return `${target.protocol}//${external.hostname}:${portOf(target)}${rest}`;
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
