// The thread of the embedded engine: out of memory, hanging, slow, failing to start.

import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  ask,
  COUNT,
  DEADLY,
  END,
  engineFixture,
  fill,
  PATIENCE,
  refusalOf,
  SCRAPES,
  SERIES,
  STEP,
  scrape,
} from './embedded-fixture.js';

const fixture = engineFixture();
const { open } = fixture;

describe('a thread that', () => {
  beforeEach(() => {
    fixture.begin();
  });
  afterEach(async () => {
    await fixture.end();
  });

  test('has no memory left dies, and the next one has all samples', async () => {
    const log: string[] = [];
    const onRestart = vi.fn();
    const engine = open({
      heapLimit: 48,
      onRestart,
      log: (level, message, { err }) => log.push(`${level}: ${message}: ${err}`),
    });
    await fill(engine);
    expect(JSON.parse(await ask(engine, COUNT)).result[0].value[1]).toBe(String(SERIES));
    expect(await refusalOf(engine.answer(DEADLY))).toBe(
      'execution: the query thread died: out of memory; try a smaller query, or ask again',
    );
    expect(JSON.parse(await ask(engine, COUNT)).result[0].value[1]).toBe(String(SERIES));
    await engine.append(scrape(SCRAPES));
    const at = { type: 'query', query: 'c{i="01"}', time: END + STEP } as const;
    expect(JSON.parse(await ask(engine, at)).result[0].value[1]).toBe('40');
    expect(onRestart).toHaveBeenCalledTimes(1);
    expect(log).toContain('error: The thread that answers queries died; it is started again: out of memory');
  });

  test('gives no sign of life is ended', async () => {
    const engine = open({ threadFile: new URL('threads/mute.mjs', import.meta.url), pingEvery: 50 });
    expect(await refusalOf(engine.answer(COUNT))).toMatch(
      // Three, or more on a busy machine.
      /^execution: the query thread died: no sign of life after ([3-9]|\d\d+) pings; try a smaller query, or ask again$/,
    );
  });

  test.skipIf(!existsSync('/proc/thread-self'))('gets little of a busy machine is not ended', async () => {
    const log = vi.fn();
    const engine = open({ threadFile: new URL('threads/slow.mjs', import.meta.url), pingEvery: 200, log });
    expect(await refusalOf(engine.answer(COUNT))).toMatch(/^execution: answered after \d+ pings$/);
    expect(log).not.toHaveBeenCalled();
  });

  test('cannot start is retried with increasing delays', async () => {
    const log = vi.fn();
    const engine = open({ threadFile: new URL('threads/stillborn.mjs', import.meta.url), log });
    expect(await refusalOf(engine.answer(COUNT))).toBe(
      'execution: the query thread died: no such library; try a smaller query, or ask again',
    );
    await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(2), PATIENCE);
    expect(log.mock.calls.map(([, , { in: wait }]) => wait)).toEqual(['0s', '1s']);
    expect(await refusalOf(engine.answer(COUNT))).toBe(
      'unavailable: the query thread died and starts again; ask again in 1 s',
    );
    await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(3), PATIENCE);
    expect(log.mock.calls[2]?.[2]).toEqual({ err: 'no such library', in: '2s' });
  });
});
