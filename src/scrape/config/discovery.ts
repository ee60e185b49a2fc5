// `file_sd_configs`, `http_sd_configs` and `dns_sd_configs`. Source: Prometheus, discovery/file, discovery/http, discovery/dns.

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import { HTTP_CONFIG_KEYS, readHttpFields } from '../../config/http-client/read-config.js';
import { notAUrl } from '../../config/url-words.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { quote } from '../../go/quote.js';
import {
  DNS_RECORD_TYPES,
  type DnsDiscoveryConfig,
  type FileDiscoveryConfig,
  type HttpDiscoveryConfig,
} from './definition.js';
import { HTTP_INSTEAD } from './elsewhere.js';

const FILE_PATTERN = /^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/;
/** What a timer of Node's can wait for. */
const MAX_INTERVAL = 24 * 86_400_000;

/** Reads the items of a list, each a mapping. */
function readEach<Config>(
  decoder: Decoder,
  node: Field,
  { key, read }: { key: string; read: (item: YamlNode) => Config },
): Config[] {
  return decoder.list(node, 'discovery.Config').flatMap(item => {
    if (!isAbsent(item)) return [read(item)];
    decoder.addMistake(item as unknown as YamlNode, `empty or null section in ${key}`);
    return [];
  });
}

export function readFileConfigs(decoder: Decoder, node: Field): FileDiscoveryConfig[] {
  return readEach(decoder, node, {
    key: 'file_sd_configs',
    read: item => {
      const fields = decoder.fields(item, 'file.plain', ['files', 'refresh_interval']);
      const names = decoder.list(fields.files, 'string');
      if (names.length === 0)
        decoder.addMistake(item, 'file service discovery config must contain at least one path name');
      for (const name of names)
        if (name.kind === 'scalar' && !FILE_PATTERN.test(name.text))
          decoder.addMistake(name, `path name ${quote(name.text)} is not valid for file discovery`);
      return {
        files: names.map(name => decoder.path(name)),
        refreshInterval: readRefresh(decoder, fields.refresh_interval, 300_000),
      };
    },
  });
}

export function readHttpConfigs(decoder: Decoder, node: Field): HttpDiscoveryConfig[] {
  return readEach(decoder, node, {
    key: 'http_sd_configs',
    read: item => {
      const fields = decoder.fields(item, 'http.plain', ['url', 'refresh_interval', ...HTTP_CONFIG_KEYS]);
      const url = decoder.text(fields.url);
      const problem = urlProblem(url);
      if (problem) decoder.addMistake(fields.url ?? item, problem);
      return {
        url,
        refreshInterval: readRefresh(decoder, fields.refresh_interval, 60_000),
        http: readHttpFields(decoder, item, fields, HTTP_INSTEAD),
      };
    },
  });
}

/** Never repeats the URL, which may hold a password. */
function urlProblem(text: string): string | undefined {
  if (text === '') return 'URL is missing';
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') return "URL scheme must be 'http' or 'https'";
  if (!/^https?:\/\/[^/?#]+/i.test(text)) return 'host is missing in URL';
  return URL.canParse(text) ? undefined : notAUrl(text);
}

export function readDnsConfigs(decoder: Decoder, node: Field): DnsDiscoveryConfig[] {
  return readEach(decoder, node, {
    key: 'dns_sd_configs',
    read: item => {
      const fields = decoder.fields(item, 'dns.plain', ['names', 'type', 'port', 'refresh_interval']);
      const names = decoder.list(fields.names, 'string').map(name => decoder.text(name));
      if (names.length === 0)
        decoder.addMistake(item, 'DNS-SD config must contain at least one SRV record name');
      const written = decoder.text(fields.type, 'SRV');
      const type = DNS_RECORD_TYPES.find(each => each === written.toUpperCase());
      const port = decoder.integer(fields.port);
      if (!type) decoder.addMistake(item, `invalid DNS-SD records type ${written}`);
      else if (type !== 'SRV' && port === 0)
        decoder.addMistake(item, 'a port is required in DNS-SD configs for all record types except SRV');
      return {
        names,
        type: type ?? 'SRV',
        port,
        refreshInterval: readRefresh(decoder, fields.refresh_interval, 30_000),
      };
    },
  });
}

function readRefresh(decoder: Decoder, node: Field, fallback: number): number {
  const interval = decoder.duration(node) ?? fallback;
  if (interval > 0) return Math.min(interval, MAX_INTERVAL);
  if (!isAbsent(node)) decoder.addMistake(node, 'refresh_interval must be greater than 0');
  return fallback;
}
