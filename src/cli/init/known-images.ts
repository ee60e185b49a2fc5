// Images of containers whose services are known: what kind of service they are, and the port it has in the container.

import type { FoundService } from './found.js';

export interface KnownImage {
  /** Matches the image without registry of its own mirror, tag and digest. */
  readonly image: RegExp;
  /** Undefined: any, its configuration says which. */
  readonly port: number | undefined;
  /** @param at `HOST:PORT` at which it is published */
  service(name: string, at: string, container: Container): FoundService;
}

/** What of a container's settings matters. */
export interface Container {
  /** Its `environment`, without values that come from outside the file. */
  readonly environment: ReadonlyMap<string, string>;
  /** Words of its `command`. */
  readonly command: readonly string[];
}

const http =
  (kind: string, path = '') =>
  (name: string, at: string): FoundService => ({ name, kind, settings: { url: `http://${at}${path}` } });

const redis = (name: string, at: string, { command, environment }: Container): FoundService => ({
  name,
  kind: 'redis',
  settings: { host: at },
  suggested:
    command.some(word => /requirepass/.test(word)) ||
    [...environment.keys()].some(key => /PASSWORD/.test(key))
      ? [
          `password_file: ${fileName(name)}.password   # the compose file gives it a password: put it there, and take the # off`,
        ]
      : [],
});

const postgres = (name: string, at: string, { environment }: Container): FoundService => {
  const user = environment.get('POSTGRES_USER') || 'postgres';
  const database = environment.get('POSTGRES_DB') || user;
  return {
    name,
    kind: 'postgres',
    settings: { host: at, username: user, database },
    suggested: [
      `password_file: ${fileName(name)}.password   # put the password of ${user}, or better of a user with fewer rights, there`,
    ],
  };
};

const haproxy = (name: string, at: string): FoundService => ({
  name,
  kind: 'tcp',
  settings: { address: at },
  comments: [
    'For its figures take kind haproxy with stats_url; langgraph-monitor init --from=haproxy.cfg does.',
  ],
});

export const KNOWN_IMAGES: readonly KnownImage[] = [
  { image: /(^|\/)ollama\/ollama$/, port: 11434, service: http('ollama', '/api/tags') },
  { image: /(^|\/)vllm\/vllm-openai$/, port: 8000, service: http('openai') },
  { image: /(^|\/)(ggml-org|ggerganov)\/llama\.cpp$/, port: 8080, service: http('openai') },
  { image: /(^|\/)berriai\/litellm(-database)?$/, port: 4000, service: http('http', '/health/liveliness') },
  { image: /(^|\/)huggingface\/text-embeddings-inference$/, port: 80, service: http('http', '/health') },
  { image: /(^|\/)text-embeddings-inference$/, port: 80, service: http('http', '/health') },
  { image: /(^|\/)langchain\/langgraph-(api|server)$/, port: 8000, service: http('langgraph') },
  { image: /(^|\/)(redis|valkey|redis-stack|redis-stack-server)$/, port: 6379, service: redis },
  { image: /(^|\/)(postgres|postgresql|pgvector)$/, port: 5432, service: postgres },
  { image: /(^|\/)haproxy(-alpine|-debian)?$/, port: undefined, service: haproxy },
];

/** What is known of an image as a compose file names it. */
export function knownImage(image: string): KnownImage | undefined {
  const name = image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  return KNOWN_IMAGES.find(each => each.image.test(name));
}

function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, '_');
}
