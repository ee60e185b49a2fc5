// Our API beside a real Alertmanager with the same alertmanager.yml, alerts and silences: the same requests get the same
// answers, apart from ids and times, and from the tables of differences.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/model/time.js';
import { type AlertmanagerServer, startAlertmanager } from '../../support/alertmanager.js';
import { startMonitor, type TestMonitor } from '../monitor.js';
import { type Answer, ask, older, plain, plainJson, posting } from './both.js';

const ALERTMANAGER = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 1h
  routes:
    - matchers: [severity="critical"]
      receiver: pager
      group_by: [alertname, target]
      continue: true
    - matchers: [severity=~"critical|warning"]
      receiver: chat
      group_by: [severity]
    - matchers: [team="all"]
      receiver: team
      group_by: ['...']
    - { matchers: [twin="yes"], receiver: chat, group_by: [], continue: true }
    - { matchers: [twin="yes"], receiver: chat, group_by: [], continue: true }
receivers: [{ name: team }, { name: pager }, { name: chat }]
inhibit_rules:
  - source_matchers: [alertname="NodeDown"]
    target_matchers: [severity="warning"]
    equal: [node]
`;
const PATIENCE = { timeout: 60_000, interval: 50 };
const FAR = '2090-01-01T00:00:00.000Z';

let theirs: AlertmanagerServer;
let ours: TestMonitor;
beforeAll(async () => {
  theirs = await startAlertmanager(ALERTMANAGER);
  ours = await startMonitor({ alertmanager: ALERTMANAGER, clock: systemClock });
});
afterAll(async () => {
  await ours?.[Symbol.asyncDispose]();
  await theirs?.close();
});

/** Ids of silences on both sides, by the same names. */
const names = new Map<string, string>();

/** Asks both. */
async function both(path: string, init?: RequestInit): Promise<[ours: Answer, theirs: Answer]> {
  const answers = await Promise.all([ours.url, theirs.url].map(url => ask(url, path, init)));
  return answers.map(({ status, body }, i) => ({
    status,
    body: plainJson(i === 0 ? older(body) : body, names),
  })) as [Answer, Answer];
}

/** Makes a silence on both sides. */
async function silence(name: string, wanted: object): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { url } of [ours, theirs]) {
    const { status, body } = await ask(url, 'silences', posting(wanted));
    expect(status, JSON.stringify(body)).toBe(200);
    const { silenceID } = body as { silenceID: string };
    names.set(silenceID, name);
    ids.push(silenceID);
  }
  return ids;
}

const ALERTS = [
  {
    labels: { alertname: 'ServiceDown', severity: 'critical', target: 'tools', job: 'm', instance: 'b' },
    annotations: { summary: 'Down', description: 'ünï "quoted" \\ and\nmore' },
    generatorURL: 'http://127.0.0.1:8083/api/v1/query?query=up%20%3D%3D%200',
    startsAt: '2024-01-15T10:30:45.123456789Z',
    endsAt: FAR,
  },
  { labels: { alertname: 'ServiceDown', severity: 'critical', target: 'redis', job: 'm', instance: 'a' } },
  { labels: { alertname: 'ServiceDown', severity: 'critical', target: 'llm', instance: 'a', empty: '' } },
  {
    labels: { alertname: 'ServiceSlow', severity: 'warning', target: 'tools', node: 'n1' },
    annotations: null,
  },
  { labels: { alertname: 'ServiceSlow', severity: 'warning', target: 'redis', node: 'n2' } },
  {
    labels: { alertname: 'NodeDown', severity: 'critical', node: 'n1' },
    startsAt: '0001-01-01T00:00:00.000Z',
  },
  { labels: { alertname: 'Note', team: 'all', a: '1' }, startsAt: '2024-01-15T10:30:45' },
  { labels: { team: 'all', only: 'this' }, startsAt: '2024-01-15 10:30:45', endsAt: null },
  { labels: { alertname: 'Twin', twin: 'yes', target: 'tools' } },
  {
    labels: { alertname: 'Over', team: 'all' },
    startsAt: '2024-01-15T10:30:45Z',
    endsAt: '2024-01-15T10:31:45Z',
  },
];

const matcher = (name: string, value: string, rest: object = {}) => ({
  name,
  value,
  isRegex: false,
  ...rest,
});
const by = { createdBy: 'ann', comment: 'upgrade' };
const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

describe('with the same alerts and silences', () => {
  beforeAll(async () => {
    expect(await both('alerts', posting(ALERTS))).toEqual([
      { status: 200, body: '' },
      { status: 200, body: '' },
    ]);
    const active = { startsAt: '2024-01-15T10:30:45Z', ...by };
    await silence('late', { ...active, endsAt: soon(120), matchers: [matcher('target', 'redis')] });
    await silence('early', {
      ...active,
      endsAt: soon(60),
      matchers: [
        matcher('target', 'to+ls', { isRegex: true }),
        matcher('severity', 'info', { isEqual: false }),
      ],
    });
    await silence('pending', {
      startsAt: soon(30),
      endsAt: soon(90),
      ...by,
      matchers: [matcher('target', 'llm')],
    });
    const over = await silence('over', { ...active, endsAt: soon(200), matchers: [matcher('x', 'y')] });
    for (const [i, { url }] of [ours, theirs].entries())
      expect(await ask(url, `silence/${over[i]}`, { method: 'DELETE' })).toEqual({ status: 200, body: '' });
    // Alertmanager groups alerts some time later.
    await vi.waitFor(async () => expect(await theirs.get('alerts/groups')).toHaveLength(10), PATIENCE);
  });

  test.each([
    ['receivers'],
    ['alerts'],
    ['alerts?active=false'],
    ['alerts?active=no&silenced=true'],
    ['alerts?active='],
    ['alerts?silenced=false'],
    ['alerts?silenced=false&inhibited=false'],
    ['alerts?inhibited=false'],
    ['alerts?unprocessed=false'],
    ['alerts?silenced=true&silenced=false'],
    ['alerts?filter=severity="critical"'],
    ['alerts?filter=severity=critical'],
    ['alerts?filter=severity="critical"&filter=target=~"t.*|llm"'],
    ['alerts?filter=empty=""'],
    ['alerts?filter=node!=""'],
    ['alerts?filter=nothing!~".%2B"'],
    ['alerts?receiver=pager'],
    ['alerts?receiver=page'],
    ['alerts?receiver=pa.*|team'],
    ['alerts?receiver='],
    ['alerts?receiver=team&filter=only="this"'],
    ['alerts?nonsense=1'],
    ['alerts/groups'],
    ['alerts/groups/'],
    ['alerts/?receiver=pager'],
    ['receivers/'],
    ['silences/'],
    ['alerts/groups?receiver=chat'],
    ['alerts/groups?receiver=chat|pager&silenced=false'],
    ['alerts/groups?active=false'],
    ['alerts/groups?inhibited=false'],
    ['alerts/groups?filter=target="tools"'],
    ['silences'],
    ['silences?filter=target="redis"'],
    ['silences?filter=target=~"to%2Bls"'],
    ['silences?filter=target=~"to.*"'],
    ['silences?filter=target=~to%2Bls&filter=severity!=info'],
    ['silences?filter=target="to%2Bls"'],
    ['silences?filter=target!="redis"'],
    ['silences?filter=target=""'],
    ['silences?filter=x="y"'],
  ])('%s', async path => {
    const [our, their] = await both(path);
    expect(our).toEqual(their);
    expect(our.status).toBe(200);
  });

  test('answers are not all empty', async () => {
    const count = async (path: string) => ((await both(path))[0].body as unknown[]).length;
    expect(await count('alerts')).toBe(9);
    expect(await count('alerts?active=false')).toBe(5);
    expect(await count('alerts?inhibited=false')).toBe(8);
    expect(await count('silences')).toBe(4);
    expect(await count('silences?filter=target=~"to%2Bls"')).toBe(1);
  });

  test('one silence', async () => {
    for (const name of ['late', 'pending', 'over']) {
      const [our, their] = await Promise.all(
        [ours, theirs].map(({ url }, i) => {
          const ids = [...names].filter(([, each]) => each === name).map(([id]) => id);
          return ask(url, `silence/${ids[i]}`);
        }),
      );
      expect(plainJson(our, names)).toEqual(plainJson(their, names));
      expect(our?.status).toBe(200);
    }
  });

  test('the status, apart from who it is', async () => {
    const [our, their] = await both('status');
    const shape = (value: unknown) =>
      JSON.parse(JSON.stringify(value, (_, each) => (typeof each === 'string' ? '' : each)));
    expect(shape(our)).toEqual(shape(their));
    const { cluster, config, versionInfo } = our.body as Record<string, Record<string, string>>;
    expect(cluster?.status).toBe('disabled');
    expect(config?.original).toContain('receiver: pager');
    expect(versionInfo?.version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('a silence that is changed', () => {
  const matchers = [matcher('alertname', 'Changed')];
  const start = { matchers, ...by, endsAt: soon(60) };
  /** Posts a change of the silence of a name to both; gives the silences of the alert by name and state. */
  async function change(name: string, wanted: object): Promise<unknown[]> {
    const ids = [...names].filter(([, each]) => each === name).map(([id]) => id);
    const found = await Promise.all(
      [ours, theirs].map(async ({ url }, i) => {
        const { body } = await ask(url, 'silences', posting({ ...wanted, id: ids[i] }));
        const { silenceID } = body as { silenceID: string };
        if (!names.has(silenceID)) names.set(silenceID, `${name} again`);
        return plainJson((await ask(url, 'silences?filter=alertname="Changed"')).body, names);
      }),
    );
    expect(found[0]).toEqual(found[1]);
    return (found[0] as { id: string; status: { state: string } }[]).map(
      ({ id, status }) => `${id.trim()} ${status.state}`,
    );
  }

  test('keeps its id or is replaced by another one, as in Alertmanager', async () => {
    const startsAt = soon(10);
    await silence('first', { ...start, startsAt });
    expect(await change('first', { ...start, startsAt, comment: 'other' })).toEqual(['first pending']);
    expect(await change('first', { ...start, startsAt: soon(20), endsAt: soon(70) })).toEqual([
      'first pending',
    ]);
    expect(await change('first', { ...start, startsAt: soon(-1) })).toEqual([
      'first again active',
      'first expired',
    ]);
  });
});

const ALERT = { labels: { alertname: 'Bad' } };
const SILENCE = { matchers: [matcher('a', 'b')], startsAt: soon(-1), endsAt: soon(60), ...by };
const without = (key: keyof typeof SILENCE) => ({ ...SILENCE, [key]: undefined });
const UNKNOWN_ID = '00000000-0000-0000-0000-000000000000';
const as = (type: string): RequestInit => ({ method: 'POST', headers: { 'content-type': type }, body: '[]' });
const PARSING = /^(parsing \w+ body from "" failed, because) .*/s;

describe('what is wrong', () => {
  test.each<[string, RequestInit?]>([
    ['nothing'],
    [''],
    ['alerts?filter=foo'],
    ['alerts?filter='],
    ['alerts?filter=a=~"("'],
    ['alerts?receiver=('],
    ['alerts/groups?filter=('],
    ['alerts/groups?receiver=('],
    ['silences?filter=x~'],
    ['silence/foo'],
    ['silence/foo', { method: 'DELETE' }],
    ['alerts', { method: 'PUT' }],
    ['alerts', { method: 'DELETE' }],
    ['alerts/groups', { method: 'POST' }],
    ['silences', { method: 'DELETE' }],
    [`silence/${UNKNOWN_ID}`, { method: 'POST' }],
    ['status', { method: 'POST' }],
    ['alerts', { method: 'POST' }],
    ['silences', { method: 'POST' }],
    ['alerts', as('text/plain')],
    ['alerts', as('application/x-www-form-urlencoded')],
    ['alerts', as('foo')],
    ['alerts', as('application/json; charset=utf-8')],
    ['alerts', as('application/JSON')],
    ['silences', as('text/plain;charset=UTF-8')],
    ['silences', as('multipart/form-data; boundary=x')],
    ['alerts', posting('')],
    ['alerts', posting('null')],
    ['alerts', posting('{}')],
    ['alerts', posting('"x"')],
    ['alerts', posting('[1]')],
    ['alerts', posting('{bad')],
    ['alerts', posting([{}])],
    ['alerts', posting([ALERT, {}])],
    ['alerts', posting([{ labels: null }])],
    ['alerts', posting([{ labels: {} }])],
    ['alerts', posting([{ labels: { a: '' } }])],
    ['alerts', posting([{ labels: { a: null } }])],
    ['alerts', posting([{ labels: { a: 1 } }])],
    ['alerts', posting([{ labels: [] }])],
    ['alerts', posting([{ ...ALERT, annotations: [] }])],
    ['alerts', posting([{ ...ALERT, startsAt: 'nope' }])],
    ['alerts', posting([{ ...ALERT, startsAt: '2026-01-01' }])],
    ['alerts', posting([{ ...ALERT, endsAt: 5 }])],
    ['alerts', posting([{ ...ALERT, endsAt: ' ' }])],
    ['alerts', posting([{ ...ALERT, startsAt: soon(-60), endsAt: '' }])],
    ['silences', posting({ ...SILENCE, endsAt: '' })],
    ['silences', posting({ ...SILENCE, startsAt: null })],
    ['alerts', posting([{ ...ALERT, startsAt: '2030-01-01T00:00:00Z', endsAt: '2029-01-01T00:00:00Z' }])],
    ['alerts', posting([{ ...ALERT, startsAt: soon(6) }])],
    ['alerts', posting([{ ...ALERT, generatorURL: 'foo' }])],
    ['alerts', posting([{ ...ALERT, generatorURL: 'not a url %%' }])],
    ['alerts', posting([{ labels: { a: 1 } }, {}])],
    ['silences', posting('')],
    ['silences', posting('null')],
    ['silences', posting('[]')],
    ['silences', posting('{bad')],
    ['silences', posting({})],
    ['silences', posting(without('comment'))],
    ['silences', posting(without('createdBy'))],
    ['silences', posting(without('endsAt'))],
    ['silences', posting(without('matchers'))],
    ['silences', posting(without('startsAt'))],
    ['silences', posting({ ...SILENCE, comment: null })],
    ['silences', posting({ ...SILENCE, id: 5 })],
    ['silences', posting({ ...SILENCE, matchers: null })],
    ['silences', posting({ ...SILENCE, matchers: [] })],
    ['silences', posting({ ...SILENCE, matchers: [{}] })],
    ['silences', posting({ ...SILENCE, matchers: [{ isRegex: false, value: 'x' }] })],
    ['silences', posting({ ...SILENCE, matchers: [{ isRegex: false, name: 'x' }] })],
    ['silences', posting({ ...SILENCE, matchers: [matcher('a', 'x', { isRegex: 'no' })] })],
    ['silences', posting({ ...SILENCE, startsAt: 'x' })],
    ['silences', posting({ ...SILENCE, startsAt: '2030-01-01T00:00:00Z', endsAt: '2029-01-01T00:00:00Z' })],
    ['silences', posting({ ...SILENCE, startsAt: '2020-01-01T00:00:00Z', endsAt: '2021-01-01T00:00:00Z' })],
    ['silences', posting({ ...SILENCE, endsAt: '0001-01-01T00:00:00Z' })],
    ['silences', posting({ ...SILENCE, matchers: [matcher('a', '')] })],
    ['silences', posting({ ...SILENCE, matchers: [matcher('a', '.*', { isRegex: true })] })],
    ['silences', posting({ ...SILENCE, matchers: [matcher('a', 'x|', { isRegex: true })] })],
    [
      'silences',
      posting({ ...SILENCE, matchers: [matcher('a', ''), matcher('b', 'x*', { isRegex: true })] }),
    ],
    ['silences', posting({ ...SILENCE, matchers: [matcher('a', '(', { isRegex: true })] })],
    ['silences', posting({ ...SILENCE, matchers: [matcher('', 'x')] })],
  ])('%s %o', async (path, init) => {
    const [our, their] = await both(path, init);
    expect(wordless(our)).toEqual(wordless(their));
  });

  /**
   * Of a body that is of another type we name the place. Newer ones turn two words of a silence's around, list methods in
   * no order, and show an expression as they compile it.
   */
  function wordless({ status, body }: Answer): Answer {
    const { code, message } = body as { code?: number; message?: string };
    if (message === undefined) return { status, body: typeof body === 'string' ? reworded(body) : body };
    const methods = /\[([A-Z,]+)\]/;
    const sorted = message.replace(methods, (_, list: string) => list.split(',').sort().join());
    return { status, body: { code, message: sorted.replace(PARSING, '$1') } };
  }

  function reworded(text: string): string {
    return text.replace(/^silence invalid:/, 'invalid silence:').replace('^(?:()$', '(');
  }

  test.each([
    ['not a value', [matcher('a', 'x', { isEqual: false })]],
    ['not a pattern', [matcher('a', 'x|y', { isRegex: true, isEqual: false })]],
    ['not everything', [matcher('a', '.*', { isRegex: true, isEqual: false })]],
    ['not empty', [matcher('a', '', { isEqual: false })]],
    [
      'several that say "not"',
      [matcher('a', 'x', { isEqual: false }), matcher('b', 'y', { isEqual: false })],
    ],
    ['empty, and not a value', [matcher('a', ''), matcher('b', 'y', { isEqual: false })]],
    ['empty, and a value', [matcher('a', ''), matcher('b', 'y')]],
  ])('both take a silence of: %s', async (_, matchers) => {
    for (const { status, body } of await both('silences', posting({ ...SILENCE, matchers })))
      expect([status, body]).toEqual([200, { silenceID: expect.any(String) }]);
  });

  const MISFIT = [400, { code: 400, message: expect.stringContaining('failed, because') }];
  test.each<[why: string, path: string, init: RequestInit | undefined, ours: unknown, theirs: number]>([
    [
      'UTF-8 is allowed in names since 0.27',
      'alerts',
      posting([{ labels: { 'b-c': 'x' }, startsAt: soon(-2), endsAt: soon(-1) }]),
      [200, ''],
      400,
    ],
    [
      'UTF-8 is allowed in names since 0.27',
      'silences',
      posting({ ...SILENCE, matchers: [matcher('b-c', 'x')] }),
      [200, { silenceID: expect.any(String) }],
      400,
    ],
    ['it says which', `silence/${UNKNOWN_ID}`, undefined, [404, `silence ${UNKNOWN_ID} not found`], 404],
    [
      'it says which',
      'silences',
      posting({ ...SILENCE, id: UNKNOWN_ID }),
      [404, `silence ${UNKNOWN_ID} not found`],
      404,
    ],
    [
      'it is no fault of the server, as newer ones know',
      `silence/${UNKNOWN_ID}`,
      { method: 'DELETE' },
      [404, `silence ${UNKNOWN_ID} not found`],
      500,
    ],
    [
      'keys are those of the description',
      'alerts',
      posting([{ Labels: { a: 'b' } }]),
      [422, expect.anything()],
      200,
    ],
    ['what follows the JSON is a mistake', 'alerts', posting('[] and more'), MISFIT, 200],
    [
      'an answer in spite of Accept',
      'receivers',
      { headers: { accept: 'text/plain' } },
      [200, expect.anything()],
      406,
    ],
  ])('but %s: %s %o', async (_, path, init, want, their) => {
    const answers = await Promise.all([ours, theirs].map(({ url }) => ask(url, path, init).catch(raw)));
    expect([answers[0]?.status, answers[0]?.body]).toEqual(want);
    expect(answers[1]?.status).toBe(their);
  });

  test.each([
    ['an alert of which only the end is said has begun now', { endsAt: soon(60) }, soon(0), soon(60)],
    [
      'moments are in UTC, whatever zone they came in',
      { startsAt: '2024-01-15T10:30:45+02:00' },
      '2024-01-15T08:30:45.000Z',
      '2024-01-15T10:30:45.000+02:00',
    ],
  ])('but %s', async (what, moments, ourStart, theirStart) => {
    const labels = { alertname: 'Moments', what };
    const starts = await Promise.all(
      [ours, theirs].map(async ({ url }) => {
        await ask(url, 'alerts', posting([{ labels, ...moments }]));
        const { body } = await ask(url, `alerts?${new URLSearchParams({ filter: `what="${what}"` })}`);
        return (body as { startsAt: string }[]).map(({ startsAt }) => startsAt);
      }),
    );
    expect(starts.map(each => plainJson(each))).toEqual([[plain(ourStart)], [plain(theirStart)]]);
  });

  /** Alertmanager closes the connection on these. */
  test.each([
    ['alerts', '[null]', '0 in body is required'],
    ['silences', JSON.stringify({ ...SILENCE, matchers: [null] }), 'matchers.0 in body is required'],
  ])('but the connection stays open: %s %s', async (path, body, message) => {
    expect(await ask(ours.url, path, posting(body))).toEqual({ status: 422, body: { code: 602, message } });
    await expect(ask(theirs.url, path, posting(body))).rejects.toThrow();
  });

  test('valid alerts among invalid ones are accepted', async () => {
    const bad = { labels: { alertname: 'Among' }, startsAt: soon(5), endsAt: soon(4) };
    const good = { labels: { alertname: 'Among', good: 'yes' } };
    const [our, their] = await both('alerts', posting([bad, good, bad]));
    expect(our).toEqual(their);
    expect(our.status).toBe(400);
    const [mine, others] = await both('alerts?filter=alertname="Among"');
    expect(mine).toEqual(others);
    expect(mine.body).toHaveLength(1);
  });
});

function raw(error: Error): Answer {
  return { status: 0, body: error.message };
}
