// The catalogue of probe kinds: a new one is a file beside this and a line here.

import type { ProbeKind } from '../probe-kind.js';
import { dns } from './dns.js';
import { grpc } from './grpc.js';
import { haproxy } from './haproxy.js';
import { http } from './http.js';
import { langgraph } from './langgraph.js';
import { ollama } from './ollama.js';
import { openai } from './openai.js';
import { postgres } from './postgres.js';
import { push } from './push.js';
import { redis } from './redis.js';
import { tcp } from './tcp.js';

export const kinds: readonly ProbeKind[] = [
  http,
  ollama,
  openai,
  redis,
  haproxy,
  tcp,
  dns,
  grpc,
  postgres,
  langgraph,
  push,
];
