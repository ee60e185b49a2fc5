// Alerts of an earlier run while their rules' state is being looked up: they go on until the rules can tell.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { isResolved } from '../../src/alertmanager/alert-store.js';
import { evaluation, firing, openWorld } from '../support/alerting.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder: string;

beforeEach(() => {
  folder = makeFolder('restored-alerts');
});
afterEach(() => removeFolder(folder));

test.each<[name: string, restoring: readonly string[], want: boolean]>([
  ['its rule is still being restored', ['Slow'], true],
  ['its rule does not find it any more', [], false],
  ['another rule is being restored', ['Other'], false],
])('an alert from before a restart: %s', async (_, restoring, fires) => {
  const before = await openWorld({ folder });
  before.send(firing({ alertname: 'Slow' }));
  await before.close();
  const world = await openWorld({ folder });
  try {
    // What holds alerts back after a start is over with the third.
    for (let i = 0; i < 4; i++) world.alerting.applyEvaluation({ ...evaluation([]), restoring }, Date.now());
    const found = [...world.alerting.alerts.all()].map(alert => !isResolved(alert, Date.now()));
    expect(found).toEqual([fires]);
  } finally {
    await world.close();
  }
});
