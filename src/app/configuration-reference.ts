// Every key of monitor.yml: for docs/configuration.md, and as a JSON schema for editors.

import { candidates } from '../cluster/endpoints/section.js';
import type { JsonSchema } from '../config/about.js';
import { authorization, basicAuth, httpClientShape, tlsConfig } from '../config/http-client/config.js';
import { ipProtocolShape } from '../config/ip-protocol.js';
import { sectionJson } from '../config/reference/keys.js';
import { type ReferencePart, referencePage, type SharedKeys } from '../config/reference/markdown.js';
import { schemaKit } from '../config/schema-kit.js';
import { condition } from '../probes/kinds/http/condition.js';
import { kinds } from '../probes/kinds/index.js';
import { monitorYml } from './configuration-schema.js';
import { serviceKeys, serviceSchema } from './service-schema.js';

const HTTP_CLIENT = 'HTTP clients';
const IP_PROTOCOL = 'IP protocol';

const { section } = schemaKit;

const SHARED: readonly SharedKeys[] = [
  { title: 'Every service', shape: serviceKeys },
  { title: HTTP_CLIENT, shape: httpClientShape },
  { title: IP_PROTOCOL, shape: ipProtocolShape },
];

const SECTIONS = new Map<ReferencePart['schema'], string>([
  [tlsConfig, 'tls_config'],
  [basicAuth, 'basic_auth'],
  [authorization, 'authorization'],
]);

const HEAD = `# monitor.yml

Every key of the configuration. \`langgraph-monitor check-config monitor.yml\` checks a file and names each mistake with its place;
\`langgraph-monitor init\` writes a first one.

\`langgraph-monitor init [--from=FILE] [--dir=DIR] [HOST...]\` makes it of what is there already:

* HOST is a name, an address or \`HOST:PORT\`, at most 16; no network is scanned. Each is asked on the usual ports (or the one that is
  named) whether it is Ollama, a server of the OpenAI API (vLLM, llama.cpp, LM Studio), LiteLLM, a LangGraph server, HAProxy's
  statistics, Redis, PostgreSQL or an exporter. Only plain HTTP is spoken; a connection may take 1 s, an answer 2 s.
* \`--from=haproxy.cfg\`: the servers of backends with what \`option httpchk\` asks, the statistics, and HAProxy's own exporter.
* \`--from=docker-compose.yml\`: services of well-known images, or with a health check over HTTP, at their published ports. Variables
  are their defaults, and no \`.env\` is read.
* \`--from=prometheus.yml\`: \`global\`, \`scrape_configs\` and \`scrape_config_files\`. Static targets of blackbox_exporter's module
  \`http_2xx\` become services.

Of a file nothing is contacted. No secret is copied: a \`password_file\` with a comment stands in its place. What was not taken over is
a comment at the top of monitor.yml, with why. A file that is there is never overwritten; where nothing is found, the example is written.

How a value is written:

* \`\${NAME}\` in a value is replaced by the variable of the environment, \`\${NAME:-text}\` by \`text\` where it is not set.
* A **duration** is written as in Prometheus (\`500ms\`, \`30s\`, \`5m\`, \`1h30m\`) or as a number of seconds.
* A **secret** can be read from a file: \`password_file\` instead of \`password\`, and so for each; relative to this file, read again
  whenever it is used. Secrets are never printed.
* A **URL** has no user and password in it; \`basic_auth\` is for these.
* \`POST /-/reload\` (with \`--web.enable-lifecycle\`) or SIGHUP read the file again; a file with a mistake changes nothing.

Editors that know JSON Schema (VS Code with its YAML extension, among others) complete and check the file when its first line is
\`# yaml-language-server: $schema=monitor.schema.json\` with the path to [monitor.schema.json](monitor.schema.json).

`;

/** All that docs/configuration.md describes, in the order of the page. */
export function configurationParts(): ReferencePart[] {
  const services: ReferencePart[] = kinds.map(({ kind }) => ({
    path: 'services.ID',
    title: `Services of kind \`${kind}\``,
    schema: serviceSchema(kind),
  }));
  return [
    { path: '', title: 'Top level', schema: monitorYml },
    { path: 'services.ID', title: 'Every service', schema: section(serviceKeys) },
    ...services,
    { path: '', title: '`services.ID.condition`', schema: condition(schemaKit) },
    { path: 'endpoints.CAPABILITY[]', title: '`endpoints.CAPABILITY[]`', schema: candidates.element },
    { path: '', title: HTTP_CLIENT, schema: section(httpClientShape) },
    ...[...SECTIONS].map(([schema, title]) => ({ path: title, title: `\`${title}\``, schema })),
    { path: '', title: IP_PROTOCOL, schema: section(ipProtocolShape) },
  ];
}

/** docs/configuration.md */
export function configurationPage(): string {
  const fallback =
    '`endpoints.fallback` is a URL, or a URL for each capability: what `/best_endpoint` answers while no service is healthy.\n';
  return `${HEAD}${referencePage(configurationParts(), SHARED, SECTIONS)}\n${fallback}`;
}

/** monitor.schema.json @returns a JSON schema, draft 2020-12 */
export function configurationSchema(): JsonSchema {
  const { properties, ...rest } = sectionJson(monitorYml) as { properties: Record<string, JsonSchema> };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'monitor.yml of langgraph-monitor',
    ...rest,
    properties: {
      ...properties,
      services: {
        description: properties.services?.description,
        type: 'object',
        minProperties: 1,
        additionalProperties: { type: 'object', allOf: kinds.map(({ kind }) => ofKind(kind)) },
      },
      endpoints: {
        description: properties.endpoints?.description,
        type: 'object',
        properties: {
          fallback: {
            anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: { type: 'string' } }],
          },
        },
        additionalProperties: { type: 'array', minItems: 1, items: sectionJson(candidates.element) },
      },
    },
  };
}

/** What holds of a service of one kind; `http` is what a service is that names none. */
function ofKind(kind: string): JsonSchema {
  const is = (key: string) => ({ properties: { [key]: { const: kind } } });
  const names = (key: string) => ({ required: [key], ...is(key) });
  const isKind =
    kind === 'http'
      ? { allOf: [is('kind'), is('check_type')] }
      : { anyOf: [names('kind'), names('check_type')] };
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
  return { if: isKind, then: sectionJson(serviceSchema(kind)) };
}
