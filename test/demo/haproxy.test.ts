import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { type Fault, OK } from '../../src/demo/fault.js';
import { type HaproxyOptions, type HaproxyServer, startHaproxy } from '../../src/demo/haproxy.js';
import { ask } from './client.js';

type Row = Readonly<Record<string, string>>;

/** By header name; the header's leading `# ` and every line's trailing comma are part of the format. */
function parse(csv: string): { header: string; rows: Row[] } {
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const names = header.slice(2, -1).split(',');
  const rows = lines.map(line => {
    const cells = line.split(',');
    expect(cells).toHaveLength(names.length + 1);
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
  return { header, rows };
}

// What HAProxy 2.6.12 answered for a configuration with the same proxies.
const real = parse(readFileSync(new URL('haproxy-2.6.csv', import.meta.url), 'utf8'));

interface Stage {
  readonly server: HaproxyServer;
  readonly faults: { jetson: Fault; tools: Fault };
  pass(milliseconds: number): void;
  rows(): Promise<Row[]>;
  row(proxy: string, name: string): Promise<Row>;
}

let open: HaproxyServer | undefined;
afterEach(() => open?.close());

async function stage(options: Partial<HaproxyOptions> = {}): Promise<Stage> {
  let now = 5000;
  const faults: Stage['faults'] = { jetson: OK, tools: OK };
  const server = await startHaproxy({
    elapsed: () => now,
    backends: [
      {
        name: 'llm',
        rate: 4,
        servers: [
          { name: 'jetson', fault: () => faults.jetson },
          { name: 'cpu', fault: () => OK },
        ],
      },
      { name: 'tools', rate: 1, servers: [{ name: 'tools', fault: () => faults.tools }] },
    ],
    ...options,
  });
  open = server;
  const rows = async () => parse((await ask(`${server.url}/haproxy_stats;csv`)).body).rows;
  return {
    server,
    faults,
    pass: milliseconds => {
      now += milliseconds;
    },
    rows,
    row: async (proxy, name) => {
      const found = (await rows()).find(row => row.pxname === proxy && row.svname === name);
      if (!found) throw new Error(`no row ${proxy} ${name}`);
      return found;
    },
  };
}

const blanks = (row: Row): string[] => Object.keys(row).filter(column => row[column] === '');

describe('the CSV has the shape HAProxy 2.6 gives it', () => {
  test('header', async () => {
    const { server } = await stage();
    const seen = await ask(`${server.url}/haproxy_stats;csv`);
    expect(seen.headers?.['content-type']).toBe('text/plain');
    expect(parse(seen.body).header).toBe(real.header);
  });

  test.each([
    { scope: 'frontend', ours: ['api', 'FRONTEND'], theirs: ['api', 'FRONTEND'] },
    { scope: 'statistics frontend', ours: ['stats', 'FRONTEND'], theirs: ['stats', 'FRONTEND'] },
    { scope: 'server that is up', ours: ['llm', 'cpu'], theirs: ['llm', 'cpu_llama'] },
    { scope: 'backend that is up', ours: ['llm', 'BACKEND'], theirs: ['llm', 'BACKEND'] },
    { scope: 'server that is down', ours: ['tools', 'tools'], theirs: ['tools', 'tools'] },
    { scope: 'backend that is down', ours: ['tools', 'BACKEND'], theirs: ['tools', 'BACKEND'] },
  ])('blank cells and type of a $scope', async ({ ours, theirs }) => {
    const { faults, pass, row } = await stage();
    faults.tools = { kind: 'refused' };
    pass(3000);
    const mine = await row(ours[0] ?? '', ours[1] ?? '');
    const reference = real.rows.find(({ pxname, svname }) => pxname === theirs[0] && svname === theirs[1]);
    if (!reference) throw new Error('the reference has no such row');
    expect(blanks(mine)).toEqual(blanks(reference));
    const { type, status, mode, check_status, last_chk, check_desc, act } = reference;
    expect(mine).toMatchObject({ type, status, mode, check_status, last_chk, check_desc, act });
  });

  test('rows follow one another as in HAProxy', async () => {
    const { rows } = await stage();
    expect((await rows()).map(row => `${row.pxname} ${row.svname} ${row.iid}/${row.sid}`)).toEqual([
      'api FRONTEND 1/0',
      'stats FRONTEND 2/0',
      'llm jetson 3/1',
      'llm cpu 3/2',
      'llm BACKEND 3/0',
      'tools tools 4/1',
      'tools BACKEND 4/0',
    ]);
  });
});

describe('the counters', () => {
  test('move with time and add up', async () => {
    const { pass, row } = await stage();
    expect((await row('llm', 'BACKEND')).stot).toBe('0');
    pass(10_000);
    expect(await row('llm', 'jetson')).toMatchObject({
      stot: '20',
      hrsp_2xx: '20',
      lbtot: '20',
      lastsess: '0',
    });
    expect(await row('llm', 'BACKEND')).toMatchObject({
      stot: '40',
      req_tot: '40',
      hrsp_2xx: '40',
      hrsp_5xx: '0',
    });
    expect(await row('api', 'FRONTEND')).toMatchObject({ req_tot: '50', hrsp_2xx: '50' });
  });

  test('the others carry the load of a server that is down', async () => {
    const { faults, pass, row } = await stage();
    faults.jetson = { kind: 'refused' };
    pass(10_000);
    expect(await row('llm', 'jetson')).toMatchObject({
      status: 'DOWN',
      stot: '0',
      downtime: '10',
      lastsess: '-1',
    });
    expect(await row('llm', 'cpu')).toMatchObject({ status: 'UP', stot: '40' });
    expect(await row('llm', 'BACKEND')).toMatchObject({ status: 'UP', act: '1', weight: '1', chkdown: '0' });
  });

  test('a backend without servers answers 503, and recovers', async () => {
    const { faults, pass, row } = await stage();
    faults.tools = { kind: 'hang' };
    pass(4000);
    expect(await row('tools', 'BACKEND')).toMatchObject({
      status: 'DOWN',
      act: '0',
      hrsp_5xx: '4',
      econ: '4',
      chkdown: '1',
    });
    faults.tools = OK;
    pass(2000);
    expect(await row('tools', 'BACKEND')).toMatchObject({
      status: 'UP',
      hrsp_5xx: '4',
      hrsp_2xx: '2',
      downtime: '4',
    });
    pass(3000);
    expect(await row('tools', 'tools')).toMatchObject({
      status: 'UP',
      lastchg: '3',
      chkdown: '1',
      chkfail: '3',
    });
  });

  test('a backend HAProxy is cut off from is down though its service is well', async () => {
    const { server, pass, row } = await stage();
    server.setUnreachable(['tools']);
    pass(1000);
    expect(await row('tools', 'tools')).toMatchObject({ status: 'DOWN', check_status: 'L4CON' });
    expect(await row('llm', 'BACKEND')).toMatchObject({ status: 'UP' });
    server.setUnreachable([]);
    expect(await row('tools', 'tools')).toMatchObject({ status: 'UP' });
    expect(() => server.setUnreachable(['nothing'])).toThrow('no backend nothing');
  });
});

// Read off HAProxy 2.6.12 checking servers with these faults.
const checks: readonly { fault: Fault; status: string; check: string; code: string; message: string }[] = [
  { fault: OK, status: 'UP', check: 'L7OK', code: '200', message: '' },
  { fault: { kind: 'slow', ms: 100 }, status: 'UP', check: 'L7OK', code: '200', message: '' },
  { fault: { kind: 'slow', ms: 5000 }, status: 'DOWN', check: 'L7TOUT', code: '', message: '' },
  {
    fault: { kind: 'status', code: 503 },
    status: 'DOWN',
    check: 'L7STS',
    code: '503',
    message: 'Service Unavailable',
  },
  { fault: { kind: 'status', code: 302 }, status: 'UP', check: 'L7OK', code: '302', message: '' },
  { fault: { kind: 'hang' }, status: 'DOWN', check: 'L7TOUT', code: '', message: '' },
  { fault: { kind: 'refused' }, status: 'DOWN', check: 'L4CON', code: '', message: 'Connection refused' },
  { fault: { kind: 'reset' }, status: 'UP', check: 'L7OK', code: '200', message: '' },
  { fault: { kind: 'garbage', not: 'http' }, status: 'DOWN', check: 'L7RSP', code: '', message: '' },
  { fault: { kind: 'garbage', not: 'json' }, status: 'UP', check: 'L7OK', code: '200', message: '' },
  { fault: { kind: 'truncated' }, status: 'UP', check: 'L7OK', code: '200', message: '' },
];

describe('a server follows the service behind it', () => {
  test.each(checks)('$fault.kind is $check', async ({ fault, status, check, code, message }) => {
    const { faults, pass, row } = await stage();
    faults.tools = fault;
    pass(1000);
    const want = { status, check_status: check, check_code: code, last_chk: message };
    expect(await row('tools', 'tools')).toMatchObject(want);
  });
});

describe('the pages', () => {
  const statsAuth = { username: 'stats', password: 'demo' };
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

  test.each([
    { name: 'no password asked', path: '/haproxy_stats;csv', auth: undefined, headers: {}, status: 200 },
    {
      name: 'further flags',
      path: '/haproxy_stats;csv;norefresh',
      auth: undefined,
      headers: {},
      status: 200,
    },
    { name: 'no credentials', path: '/haproxy_stats;csv', auth: statsAuth, headers: {}, status: 401 },
    {
      name: 'wrong credentials',
      path: '/haproxy_stats',
      auth: statsAuth,
      headers: basic('stats:x'),
      status: 401,
    },
    {
      name: 'right credentials',
      path: '/haproxy_stats;csv',
      auth: statsAuth,
      headers: basic('stats:demo'),
      status: 200,
    },
    { name: 'health is open', path: '/health', auth: statsAuth, headers: {}, status: 200 },
  ])('$name: $status', async ({ path, auth, headers, status }) => {
    const { server } = await stage({ statsAuth: auth });
    const seen = await ask(server.url + path, { headers });
    expect(seen.status).toBe(status);
    expect(seen.headers?.['www-authenticate']).toBe(
      status === 401 ? 'Basic realm="HAProxy Statistics"' : undefined,
    );
  });

  test('the statistics without ;csv are HTML', async () => {
    const { server } = await stage();
    const seen = await ask(`${server.url}/haproxy_stats`);
    expect(seen.headers?.['content-type']).toBe('text/html');
    expect(seen.body).toContain('<title>Statistics Report for HAProxy</title>');
    expect(seen.body).toContain('<td>jetson</td>');
  });
});
