import { expect, test } from 'vitest';
import { ShardMonitors } from '../../src/cluster/shard-monitors.js';
import { monitorOf } from '../../src/cluster/shard-queries.js';
import { Labels } from '../../src/model/labels.js';

const of = (instance: string) => Labels.of({ job: 'langgraph-monitor', instance });
type Values = Readonly<Record<string, number>>;
const samples = (values: Values) =>
  Object.entries(values).map(([instance, value]) => ({ labels: of(instance), value }));

/** @param scraped when there were samples of each @param checked the newest check that is answered of each */
function ask(monitors: ShardMonitors, scraped: Values, checked: Values = {}) {
  const { news, gone, done } = monitors.plan(samples(scraped));
  done(samples(checked));
  return { news, gone };
}

test('each time is asked for twice, and then nothing until there is another one', () => {
  const monitors = new ShardMonitors();
  const all = { instances: ['a', 'b'], after: 0 };
  expect(ask(monitors, { a: 1000, b: 1001 }, { a: 998, b: 999 }).news).toEqual(all);
  expect(ask(monitors, { a: 1000, b: 1001 }, { a: 999, b: 1001 }).news).toEqual(all);
  expect(ask(monitors, { a: 1000, b: 1001 }).news).toBeUndefined();
  // Some time before the newest check that was read.
  expect(ask(monitors, { a: 1015, b: 1001 }, { a: 1010 }).news).toEqual({ instances: ['a'], after: 994 });
  expect(ask(monitors, { a: 1015, b: 1016 }, { a: 1012, b: 1015 }).news).toEqual({
    instances: ['a', 'b'],
    after: 994,
  });
  expect(ask(monitors, { a: 1015, b: 1016 }, { b: 1015 }).news).toEqual({ instances: ['b'], after: 996 });
  expect(ask(monitors, { a: 1030, b: 1016 }, { a: 1029 }).news).toEqual({ instances: ['a'], after: 1007 });
});

test('what was read once only is read again with the next time', () => {
  const monitors = new ShardMonitors();
  ask(monitors, { a: 1000 }, { a: 990 });
  ask(monitors, { a: 1000 }, { a: 999 });
  ask(monitors, { a: 1015 }, { a: 1014 });
  expect(ask(monitors, { a: 1030 }, { a: 1029 }).news).toEqual({ instances: ['a'], after: 994 });
});

test('what was not answered is asked for again', () => {
  const monitors = new ShardMonitors();
  const { news } = monitors.plan(samples({ a: 1000 }));
  expect(ask(monitors, { a: 1000 }, { a: 999 }).news).toEqual(news);
});

test('without any check since the last one everything is asked for: its clock was set back', () => {
  const monitors = new ShardMonitors();
  ask(monitors, { a: 1000 }, { a: 999 });
  ask(monitors, { a: 1000 }, { a: 999 });
  expect(ask(monitors, { a: 1015 }, {}).news?.after).toBe(994);
  expect(ask(monitors, { a: 1015 }, { a: 500 }).news?.after).toBe(0);
  expect(ask(monitors, { a: 1030 }, { a: 510 }).news?.after).toBe(495);
});

test('a monitor without samples is gone; when it is back everything of it is asked for', () => {
  const monitors = new ShardMonitors();
  ask(monitors, { a: 1000, b: 1000 }, { a: 999, b: 999 });
  ask(monitors, { a: 1000, b: 1000 }, { a: 999, b: 999 });
  expect(ask(monitors, { a: 1000 })).toEqual({ news: undefined, gone: [monitorOf(of('b'))] });
  expect(ask(monitors, { a: 1000 })).toEqual({ news: undefined, gone: [] });
  expect(ask(monitors, { a: 1000, b: 1100 }, { b: 1099 }).news).toEqual({ instances: ['b'], after: 0 });
});
