// The library that speaks to Redis, loaded when it is needed.

import { createRequire } from 'node:module';
import type { RedisLibrary } from './connection.js';

const require = createRequire(import.meta.url);

/** Loads it once. */
export function loadRedisLibrary(): RedisLibrary {
  // For an import Node would read all of it for its names first, which takes memory for good.
  return require('ioredis') as typeof import('ioredis');
}
