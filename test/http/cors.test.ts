import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basicAuthGuard } from '../../src/http/web/basic-auth.js';
import { NO_WEB_CONFIG } from '../../src/http/web-config.js';
import { startMonitor, type TestMonitor } from './monitor.js';
import { request, send } from './wire.js';

const allowed = {
  'access-control-allow-headers': 'Accept, Authorization, Content-Type, Last-Event-ID, Origin',
  'access-control-allow-methods': 'GET, OPTIONS',
  'access-control-allow-origin': '*',
  'access-control-max-age': '86400',
  vary: 'origin',
};
const ORIGIN = 'origin: http://a';
const ASKING = 'access-control-request-method: GET';

let open: TestMonitor;
let guarded: TestMonitor;
beforeAll(async () => {
  open = await startMonitor();
  const guard = basicAuthGuard({ alice: bcrypt.hashSync('secret', 4) });
  guarded = await startMonitor({ web: { ...NO_WEB_CONFIG, guard } });
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await guarded[Symbol.asyncDispose]();
});

describe('a page of another origin', () => {
  test.each<[name: string, bytes: string, status: number, isAllowed: boolean, isGuarded?: boolean]>([
    ['reads the health, which is answered apart', request('GET', '/cluster_health', ORIGIN), 200, true],
    ['reads the health of this moment', request('GET', '/cluster_health?max_age=9', ORIGIN), 200, true],
    ['reads the best endpoint', request('GET', '/best_endpoint', ORIGIN), 200, true],
    ['reads an error', request('GET', '/best_endpoint?prefer=x', ORIGIN), 400, true],
    ['reads that it may not', request('POST', '/best_endpoint', ORIGIN), 405, true],
    ['asks whether it may', request('OPTIONS', '/events', ORIGIN, ASKING), 204, true],
    ['asks what else there is', request('OPTIONS', '/events', ORIGIN), 405, true],
    ['reads that a password is needed', request('GET', '/events', ORIGIN), 401, true, true],
    ['asks whether it may, without one', request('OPTIONS', '/events', ORIGIN, ASKING), 204, true, true],
    ['does not read the history', request('GET', '/history', ORIGIN), 200, false],
    ['does not reload', request('OPTIONS', '/-/reload', ORIGIN, ASKING), 405, false],
    ['does not get in elsewhere by asking', request('OPTIONS', '/history', ORIGIN, ASKING), 401, false, true],
  ])('%s', async (_, bytes, status, isAllowed, isGuarded = false) => {
    const answer = await send((isGuarded ? guarded : open).port, bytes);
    expect(answer.status).toBe(status);
    const found = Object.entries(answer.headers).filter(([name]) => name in allowed);
    expect(Object.fromEntries(found)).toEqual(isAllowed ? allowed : {});
  });

  test('is no other origin when it says none', async () => {
    const answer = await send(open.port, request('GET', '/cluster_health'));
    expect(Object.keys(answer.headers).filter(name => name in allowed)).toEqual([]);
  });
});
