// undici's client and nothing else of undici, loaded with the first call: its index also has fetch, WebSocket and two
// caches, 8 MB in a process that has no use for them. A version that keeps the client elsewhere is loaded whole.

import { createRequire } from 'node:module';
import type { Client as UndiciClient } from 'undici';

const require = createRequire(import.meta.url);

/** What is left of it: `request` and `fetch` are added by the index. */
export type Client = Pick<UndiciClient, 'dispatch' | 'destroy' | 'on'>;
type ClientClass = new (...args: ConstructorParameters<typeof UndiciClient>) => Client;

let loaded: ClientClass | undefined;

/** The class of an HTTP/1.1 connection. */
export function clientClass(): ClientClass {
  loaded ??= load();
  return loaded;
}

function load(): ClientClass {
  try {
    return require('undici/lib/dispatcher/client.js');
  } catch {
    return require('undici').Client;
  }
}
