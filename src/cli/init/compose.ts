// A docker-compose.yml as a source: services of well-known images or with an HTTP health check, at the ports that are
// published. Nothing is contacted, and no .env is read. Source: the Compose Specification, "services".

import { isIPv6 } from 'node:net';
import { type Found, type FoundService, hostPortText, publicUrl } from './found.js';
import { type Container, knownImage } from './known-images.js';

type Mapping = Readonly<Record<string, unknown>>;

/** @param document a compose file, as YAML has it */
export function fromCompose(document: unknown): Found {
  const services: FoundService[] = [];
  const left: string[] = [];
  for (const [name, definition] of Object.entries(mapping(mapping(document).services))) {
    const found = serviceOf(name, mapping(definition));
    if (typeof found === 'string') left.push(`service ${name}: ${found}`);
    else services.push(found);
  }
  return { services, jobs: [], left };
}

/** The service, or why there is none. */
function serviceOf(name: string, definition: Mapping): FoundService | string {
  const image = text(definition.image);
  const known = image === undefined ? undefined : knownImage(image);
  const check = checkUrl(definition.healthcheck);
  if (!known && !check)
    return image === undefined
      ? 'it is built, and has no HTTP health check'
      : `the image ${image} is not known here, and it has no HTTP health check`;
  const ports = publishedPorts(definition);
  const wanted = known ? known.port : Number(check?.port || (check?.protocol === 'https:' ? 443 : 80));
  // A well-known service with one port may have it elsewhere; HAProxy's are what its configuration says.
  const isAnyPort = known !== undefined && (ports.length === 1 || wanted === undefined);
  const port = ports.find(({ target }) => target === wanted) ?? (isAnyPort ? ports[0] : undefined);
  if (!port)
    return ports.length === 0
      ? 'it publishes no port, or one that only a variable without a default or Docker itself chooses'
      : `it does not publish its port ${wanted}`;
  const at = hostPortText(port.host, port.published);
  if (known) return { ...known.service(name, at, containerOf(definition)) };
  const url = publicUrl(`${check?.protocol}//${at}${check?.pathname}${check?.search}`);
  if (!url) return 'its health check has no URL that can be asked';
  return {
    name,
    kind: 'http',
    settings: { url: url.url },
    comments: ['What its health check asks within the container.', ...url.comments],
  };
}

interface PublishedPort {
  readonly host: string;
  readonly published: number;
  /** Within the container. */
  readonly target: number;
}

function publishedPorts(definition: Mapping): PublishedPort[] {
  if (text(definition.network_mode) === 'host') {
    const known =
      knownImage(text(definition.image) ?? '')?.port ?? Number(checkUrl(definition.healthcheck)?.port);
    return known >= 1 ? [{ host: LOOPBACK, published: known, target: known }] : [];
  }
  return list(definition.ports).flatMap(each => {
    if (typeof each === 'string' || typeof each === 'number') return shortPort(text(each) ?? '');
    const { host_ip, published, target, protocol } = mapping(each);
    if (protocol === 'udp') return [];
    return port(text(host_ip), text(published), text(target));
  });
}

/** `[HOST:]PUBLISHED:TARGET[/PROTOCOL]`; a lone port is published at one that Docker chooses. */
function shortPort(written: string): PublishedPort[] {
  const [, host, published, target] =
    /^(?:\[?([^\]]*?)\]?:)?(\d+(?:-\d+)?):(\d+(?:-\d+)?)(?:\/tcp)?$/.exec(written) ?? [];
  return port(host, published, target);
}

function port(host: string | undefined, published: string | undefined, target: string | undefined) {
  const [from, to] = [Number(published?.split('-')[0]), Number(target?.split('-')[0])];
  const isPort = (each: number) => each >= 1 && each <= 65_535;
  if (!isPort(from) || !isPort(to)) return [];
  const isAny = host === undefined || ['', '0.0.0.0', '::'].includes(host) || !isAddress(host);
  return [{ host: isAny ? LOOPBACK : (host as string), published: from, target: to }];
}

const LOOPBACK = '127.0.0.1';

function isAddress(host: string): boolean {
  return isIPv6(host) || /^\d+(\.\d+){3}$/.test(host);
}

/** The URL in a health check's command, when it asks its own container. */
function checkUrl(healthcheck: unknown): URL | undefined {
  const { test, disable } = mapping(healthcheck);
  if (disable === true) return undefined;
  const command = words(test).join(' ');
  // curl and wget need no scheme.
  const scheme = /\b(?:curl|wget)\b/.test(command) ? '(?:https?://)?' : 'https?://';
  const own = String.raw`(?:[^\s"'@/]*@)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d+)?(?:/(?:[^\s"'|;)&]|&(?![&\s]))*)?`;
  const [found] = new RegExp(`(?<=^|[\\s"'=])${scheme}${own}`).exec(command) ?? [];
  if (found === undefined) return undefined;
  const url = found.includes('://') ? found : `http://${found}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}

function containerOf({ environment, command }: Mapping): Container {
  const pairs = Array.isArray(environment)
    ? environment.map(each => (text(each) ?? '').split(/=(.*)/s))
    : Object.entries(mapping(environment)).map(([key, value]) => [key, text(value) ?? '']);
  return {
    environment: new Map(pairs.map(([key = '', value = '']) => [key, value])),
    command: words(command).flatMap(each => each.split(/\s+/)),
  };
}

/** A list of texts, or a text alone. */
function words(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).flatMap(each => text(each) ?? []);
}

/**
 * A text with variables replaced by their defaults; one without a default leaves nothing behind. Undefined for what is
 * no text.
 */
function text(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return String(value).replace(/\$\$|\$\{\w+(?::?-([^}]*))?[^}]*\}|\$\w+/g, (whole, fallback?: string) =>
    whole === '$$' ? '$' : (fallback ?? ''),
  );
}

function mapping(value: unknown): Mapping {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Mapping) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
