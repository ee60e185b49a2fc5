// A haproxy.cfg as a source: the servers of its backends, and its own statistics. Nothing is contacted.
// Source: HAProxy, "Configuration Manual", 4.2 (option httpchk, stats uri), 5.2 (server options).

import { isIPv6 } from 'node:net';
import { readText } from '../../config/text-file.js';
import { parseHostPort } from '../../probes/host-port.js';
import { distinct, type Found, type FoundJob, type FoundService, hostPortText, publicUrl } from './found.js';
import { type HaproxySection, haproxySections, linesOf } from './haproxy-words.js';

/** Reads one. @throws ConfigError when it cannot be read */
export function fromHaproxyCfg(file: string): Found {
  const sections = haproxySections(readText(file, ''));
  const services: FoundService[] = [];
  const jobs: FoundJob[] = [];
  const left: string[] = [];
  for (const section of sections) {
    if (section.type === 'backend' || section.type === 'listen')
      for (const words of section.lines) {
        if (words[0] === 'server') addServer(section, words.slice(1), services, left);
        else if (words[0] === 'server-template')
          left.push(
            `${placeOf(section)}: server-template ${words[1] ?? ''}: its servers are not in the file`,
          );
      }
    if (section.type === 'frontend' || section.type === 'listen') {
      addStatistics(section, services, left);
      addExporter(section, jobs);
    }
  }
  if (!services.some(({ kind }) => kind === 'haproxy')) addSocket(sections, services);
  return { services: distinct(services), jobs, left };
}

const placeOf = ({ type, name }: HaproxySection) => `${type} ${name}`;

function addServer(
  section: HaproxySection,
  [name = '', address = '', ...options]: readonly string[],
  services: FoundService[],
  left: string[],
): void {
  const where = `${placeOf(section)}: server ${name}`;
  if (options.includes('disabled')) {
    left.push(`${where}: it is disabled`);
    return;
  }
  const optionOf = (option: string) => {
    const at = options.indexOf(option);
    return at < 0 ? undefined : options[at + 1];
  };
  const host = optionOf('addr') ?? address;
  const at = addressOf(host, optionOf('port') ?? portOf(address));
  if (!at) {
    left.push(`${where}: its address is no HOST:PORT`);
    return;
  }
  const checked = checkOf(section);
  const isTls =
    options.includes('check-ssl') || (options.includes('ssl') && !options.includes('no-check-ssl'));
  const comments = [
    `Server ${name} of ${placeOf(section)}${options.includes('backup') ? ', a backup' : ''}.`,
  ];
  services.push(serviceOf(name, at, checked, isTls, comments));
}

/** What the backend's checks ask. */
type Check =
  | { readonly by: 'http'; readonly path: string; readonly method: string }
  | { readonly by: 'redis' | 'tcp' }
  | { readonly by: 'postgres'; readonly user: string };

function checkOf(section: HaproxySection): Check {
  const own = ['httpchk', 'redis-check', 'pgsql-check', 'tcp-check'] as const;
  const found = own.find(option => section.lines.some(words => words[0] === 'option' && words[1] === option));
  const option = found ?? own.find(each => linesOf(section, 'option', each).length > 0);
  const [args = []] = option ? linesOf(section, 'option', option) : [];
  if (option === 'redis-check') return { by: 'redis' };
  if (option === 'pgsql-check') return { by: 'postgres', user: args[args.indexOf('user') + 1] ?? 'postgres' };
  if (option !== 'httpchk') return { by: 'tcp' };
  const [method = 'OPTIONS', path = '/'] = args.length === 1 ? ['OPTIONS', args[0]] : args;
  const [send = []] = linesOf(section, 'http-check', 'send');
  const sent = (key: string) => (send.includes(key) ? send[send.indexOf(key) + 1] : undefined);
  return { by: 'http', path: sent('uri') ?? path, method: sent('meth') ?? method };
}

function serviceOf(
  name: string,
  at: string,
  check: Check,
  isTls: boolean,
  comments: readonly string[],
): FoundService {
  if (check.by === 'redis') return { name, kind: 'redis', settings: { host: at }, comments };
  if (check.by === 'postgres')
    return {
      name,
      kind: 'postgres',
      settings: { host: at, username: check.user },
      comments,
      suggested: [`password_file: ${fileName(name)}.password   # when it asks for one`],
    };
  if (check.by === 'http') {
    const url = publicUrl(
      `${isTls ? 'https' : 'http'}://${at}${check.path.startsWith('/') ? '' : '/'}${check.path}`,
    );
    if (url)
      return { name, kind: 'http', settings: { url: url.url }, comments: [...comments, ...url.comments] };
  }
  return {
    name,
    kind: 'tcp',
    settings: { address: at, ...(isTls && { tls: true as const }) },
    comments: [
      ...comments,
      'HAProxy only connects to it; kind http, openai or another one with a url says more.',
    ],
  };
}

/** A name as a part of the name of a file. */
function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, '_');
}

/** `HOST:PORT` of an address in HAProxy's notation; undefined for sockets, variables without a default and others. */
function addressOf(text: string, port: string | undefined): string | undefined {
  const bare = withoutPort(text);
  if (/[@/$,]/.test(bare) || bare === '') return undefined;
  const host = parseHostPort(isIPv6(bare) ? `[${bare}]` : bare, Number(port ?? 0));
  return host && hostPortText(host.host, host.port);
}

function bareAddress(text: string): string {
  return text.replace(/^(?:ipv4|ipv6|tcp4?|tcp6)@/, '');
}

function withoutPort(text: string): string {
  return bareAddress(text)
    .replace(/:\d+(?:-\d+)?$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

function portOf(text: string): string | undefined {
  return /:(\d+)(?:-\d+)?$/.exec(bareAddress(text))?.[1];
}

/** Where a frontend answers, from this machine. */
function bindOf(section: HaproxySection): { readonly at: string; readonly scheme: string } | undefined {
  for (const [addresses = '', ...options] of linesOf(section, 'bind'))
    for (const each of addresses.split(',')) {
      const host = withoutPort(each);
      const isAny = ['', '*', '0.0.0.0', '::'].includes(host);
      const at = addressOf(isAny ? '127.0.0.1' : host, portOf(each));
      if (at) return { at, scheme: options.includes('ssl') ? 'https' : 'http' };
    }
  return undefined;
}

function addStatistics(section: HaproxySection, services: FoundService[], left: string[]): void {
  if (
    !section.lines.some(words => words[0] === 'stats' && ['enable', 'uri', 'auth'].includes(words[1] ?? ''))
  )
    return;
  const [[path = '/haproxy?stats'] = []] = linesOf(section, 'stats', 'uri');
  const bind = bindOf(section);
  const url = bind && publicUrl(`${bind.scheme}://${bind.at}${path}`);
  if (!url) {
    left.push(`${placeOf(section)}: stats uri: no bind line says at which HOST:PORT it answers`);
    return;
  }
  const [auth] = linesOf(section, 'stats', 'auth');
  const user = auth?.[0]?.split(':')[0];
  services.push({
    name: 'HAProxy',
    kind: 'haproxy',
    settings: { stats_url: url.url },
    comments: [`Statistics of ${placeOf(section)}.`, ...url.comments],
    suggested:
      user === undefined
        ? []
        : [
            `stats_basic_auth: { username: ${JSON.stringify(user)}, password_file: haproxy.password }   # put its password there, and take the # off`,
          ],
  });
}

function addExporter(section: HaproxySection, jobs: FoundJob[]): void {
  if (!section.lines.some(words => words.includes('use-service') && words.includes('prometheus-exporter')))
    return;
  const bind = bindOf(section);
  if (bind?.scheme === 'http') jobs.push({ name: 'haproxy', targets: [bind.at] });
}

/** Without a page of statistics the stats socket has them. */
function addSocket(sections: readonly HaproxySection[], services: FoundService[]): void {
  const global = sections.find(({ type }) => type === 'global');
  const path = global && linesOf(global, 'stats', 'socket')[0]?.[0]?.replace(/^unix@/, '');
  if (!path?.startsWith('/')) return;
  services.push({
    name: 'HAProxy',
    kind: 'haproxy',
    settings: { stats_url: `unix:${path}` },
    comments: ['The monitor has to be allowed to open the socket.'],
  });
}
