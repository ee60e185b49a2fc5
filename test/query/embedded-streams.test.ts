// Scrapes of targets beside the monitor's own, through the engine with its real thread.

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Scrape } from '../../src/model/scrape.js';
import { EmbeddedEngine } from '../../src/query/embedded.js';
import { packScrape } from '../../src/query/scrape-codec.js';
import { readRuleFile } from '../../src/rules/read.js';
import { toTransfer } from '../../src/rules/transfer.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { DIST } from '../support/monitor.js';

const BEGIN = 1_700_000_000_000;
const RULES = `
groups:
  - name: g
    interval: 15s
    rules: [{ record: "sum:x", expr: "sum(x)" }]
`;

let folder: string;
let engine: EmbeddedEngine;

function open(): EmbeddedEngine {
  return new EmbeddedEngine({
    file: join(folder, 'samples.db'),
    retention: 100 * 365 * 86_400_000,
    maxBytes: 0,
    timeout: 60_000,
    limits: { maxSamples: 1e6, maxWaiting: 20, lookback: 300_000, defaultInterval: 60_000 },
    metadata: () => [],
    log: () => {},
    threadFile: new URL('query/thread/thread.js', DIST),
  });
}

beforeEach(() => {
  folder = makeFolder('streams');
  engine = open();
});
afterEach(async () => {
  await engine.close();
  removeFolder(folder);
});

const scrape = (stream: string, at: number, value: number): Scrape => ({
  stream,
  at,
  gone: [],
  parts: [{ source: 's', layout: { series: [['__name__', 'x', 'instance', stream]] }, values: [value] }],
});
const append = async (each: Scrape) => engine.appendStream(await packScrape(each));
const own = (at: number) => engine.append({ at, gone: [], parts: [] });
const valuesOf = async (query: string, at: number) =>
  (await engine.instant(query, at)).samples.map(({ labels, value }) => `${labels} ${value}`);

test('what became of a scrape is said when it is kept, and it is there after the engine was closed', async () => {
  const none = { outOfOrder: 0, duplicates: 0, outOfBounds: 0, unknown: 0 };
  expect(await append(scrape('a', BEGIN, 1))).toEqual({ appended: 1, ...none });
  expect(await append(scrape('b', BEGIN - 7000, 2))).toEqual({ appended: 1, ...none });
  expect(await append(scrape('a', BEGIN, 3))).toEqual({ appended: 0, ...none, outOfOrder: 1 });
  await engine.close();
  expect(await append(scrape('a', BEGIN + 15_000, 1))).toBeUndefined();
  engine = open();
  expect(await valuesOf('x', BEGIN)).toEqual(['x{instance="a"} 1', 'x{instance="b"} 2']);
});

test("rules read the newest of all streams at the monitor's own scrape", async () => {
  engine.setRules({
    files: [toTransfer(readRuleFile('rules.yml', RULES))],
    externalUrl: 'http://localhost',
    interval: 15_000,
    status: 'sum(x)',
  });
  await append(scrape('a', BEGIN + 100, 1));
  await append(scrape('b', BEGIN + 9000, 10));
  expect((await own(BEGIN + 15_000))?.status).toBe(11);
  await append(scrape('a', BEGIN + 15_100, 2));
  await append({ stream: 'b', at: BEGIN + 24_000, parts: [], gone: [], ends: true });
  expect((await own(BEGIN + 30_000))?.status).toBe(2);
  expect(await valuesOf('sum:x', BEGIN + 29_999)).toEqual(['sum:x 11']);
  expect(await valuesOf('sum:x', BEGIN + 30_000)).toEqual(['sum:x 2']);
});
