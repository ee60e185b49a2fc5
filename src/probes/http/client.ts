// undici's client and nothing else of undici. Its index also loads fetch, WebSocket and two caches, 8 MB in a thread
// that has no use for them; a version that keeps the client elsewhere is loaded whole.

import { createRequire } from 'node:module';
import type { Client as UndiciClient } from 'undici';

const require = createRequire(import.meta.url);

/** What is left of it: `request` and `fetch` are put on by the index. */
export type Client = Pick<UndiciClient, 'dispatch' | 'destroy' | 'on'>;
type ClientClass = new (...args: ConstructorParameters<typeof UndiciClient>) => Client;

function load(): ClientClass {
  try {
    return require('undici/lib/dispatcher/client.js');
  } catch {
    return require('undici').Client;
  }
}

/** One connection that speaks HTTP/1.1. */
export const Client = load();
