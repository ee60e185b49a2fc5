// The dashboards' files equal their source. The source is typed with Grafana's own schema, which the compiler
// checks. `npx vitest run test/grafana/source.test.ts -u` writes the files again.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dashboards } from '../../grafana/source/index.js';
import { FOLDER, fileOf } from './shipped.js';

test.each(dashboards.map(dashboard => [dashboard.uid as string, dashboard] as const))(
  '%s',
  async (uid, dashboard) => {
    await expect(`${JSON.stringify(dashboard, null, 2)}\n`).toMatchFileSnapshot(join(FOLDER, fileOf(uid)));
  },
);

test('there are no others', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(dashboards.map(({ uid }) => fileOf(uid as string)).sort());
});
