import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type RedisOptions, type RedisServer, startRedis } from '../../src/demo/redis.js';

let open: RedisServer | undefined;
afterEach(() => open?.close());

async function start(options?: RedisOptions): Promise<RedisServer> {
  open = await startRedis(options);
  if (!open) throw new Error('redis-server is not installed; it is one of the packages the tests need');
  return open;
}

/** Sends commands line by line. @returns the replies until the server closed the connection, an error code, or `timeout` */
async function talk(port: number, lines: readonly string[], timeout = 5000): Promise<string> {
  const socket = createConnection(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write([...lines, 'QUIT', ''].join('\r\n'));
    const late = AbortSignal.timeout(timeout);
    late.addEventListener('abort', () => socket.destroy(new Error('timeout')));
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    return answer;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  } finally {
    socket.destroy();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the Redis child', () => {
  test('answers, has keys, and is gone after close', async () => {
    const redis = await start();
    const pid = redis.pid as number;
    expect(isAlive(pid)).toBe(true);
    expect(await talk(redis.port, ['PING', 'DBSIZE', 'CONFIG GET save'])).toMatch(
      /^\+PONG\r\n:5\r\n\*2\r\n\$4\r\nsave\r\n\$0\r\n/,
    );
    await Promise.all([redis.close(), redis.close()]);
    expect(isAlive(pid)).toBe(false);
    expect(redis.pid).toBeUndefined();
    expect(await talk(redis.port, ['PING'])).toBe('ECONNREFUSED');
  });

  test('asks for its password', async () => {
    const redis = await start({ password: 'open "sesame' });
    expect(await talk(redis.port, ['PING'])).toContain('-NOAUTH');
    expect(await talk(redis.port, [`AUTH "open \\"sesame"`, 'PING'])).toContain('+PONG');
  });

  test('hangs, stops and starts again on the same port', async () => {
    const redis = await start();
    await redis.setFault({ kind: 'hang' });
    expect(await talk(redis.port, ['PING'], 200)).toBe('timeout');
    await redis.setFault({ kind: 'ok' });
    expect(await talk(redis.port, ['PING'])).toContain('+PONG');
    await redis.setFault({ kind: 'refused' });
    expect(await talk(redis.port, ['PING'])).toBe('ECONNREFUSED');
    await redis.setFault({ kind: 'ok' });
    expect(await talk(redis.port, ['PING'])).toContain('+PONG');
  });

  test('closes while it hangs', async () => {
    const redis = await start();
    const pid = redis.pid as number;
    await redis.setFault({ kind: 'hang' });
    await redis.close();
    expect(isAlive(pid)).toBe(false);
  });

  test('is undefined where the program is not installed', async () => {
    expect(await startRedis({ program: 'no-such-redis-server' })).toBeUndefined();
  });

  test('does not stop a Redis that was running before', async () => {
    const { port } = await start();
    await expect(startRedis({ port })).rejects.toThrow(`127.0.0.1:${port} is in use`);
  });

  test('a failed start is an error', async () => {
    await expect(startRedis({ program: 'false' })).rejects.toThrow('redis-server ended at once with 1');
  });
});
