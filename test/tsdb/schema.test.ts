// Files of earlier versions keep what the tables had that a later version makes again.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../../src/store/sqlite.js';
import { ByteCache } from '../../src/tsdb/chunks/cache.js';
import { SampleFile } from '../../src/tsdb/file.js';
import { SAMPLES_MIGRATIONS } from '../../src/tsdb/schema.js';
import { storeFixture } from './store-fixture.js';

const fixture = storeFixture();

test('what receivers of remote write have, of a file of version 6', () => {
  mkdirSync(dirname(fixture.file), { recursive: true });
  const db = new Database(fixture.file);
  for (const step of SAMPLES_MIGRATIONS.slice(0, 6)) db.exec(step);
  db.pragma('user_version = 6');
  db.exec("INSERT INTO queues VALUES ('b', 7, 1, '2', 3), ('a', 5, 0, '', 9)");
  db.close();
  const file = new SampleFile(fixture.file, new ByteCache(1000));
  const positions = file.outgoing.positions();
  file.close();
  expect(positions.sort((a, b) => b.sent - a.sent)).toEqual([
    { name: 'b', sent: 7, reading: 1, split: '2', newest: 3 },
    { name: 'a', sent: 5, reading: 0, split: '', newest: 9 },
  ]);
});
