import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { listen, portOf } from '../support/http.js';
import { MonitorFixture, until } from './monitor-fixture.js';

const fixture = new MonitorFixture();
const { answering, configure, start, get, text, json, status, metric } = fixture;

describe('a reload', () => {
  const reload = () => get('/-/reload', { method: 'POST' });

  test('adds, changes and removes services; services that stay keep their state', async () => {
    const [a, b, c] = [await answering(), await answering(), await answering()];
    configure({ a: { url: a.url }, b: { url: b.url } });
    await start();
    await until(
      () => text('/metrics'),
      all => /probe_success\{target="b"\} 1/.test(all) && /probe_success\{target="a"\} 1/.test(all),
    );
    const since = (await json('/cluster_health')).services.a.health.since;
    const probes = Number(
      (await metric('langgraph_monitor_response_time_seconds_count{target="a"}'))?.split(' ')[1],
    );
    expect(probes).toBeGreaterThan(0);

    configure({ c: { url: c.url }, a: { url: a.url, name: 'Alpha', critical: true } });
    expect((await reload()).status).toBe(200);
    const health = await json('/cluster_health');
    expect(Object.keys(health.services)).toEqual(['c', 'a']);
    expect(health.services.a).toMatchObject({
      name: 'Alpha',
      critical: true,
      health: { status: 'healthy', since },
    });
    expect(health.services.c.health.status).toBe('unknown');
    const page = await text('/metrics');
    expect(page).not.toContain('target="b"');
    expect(page).toContain(
      'langgraph_monitor_service_info{target="a",name="Alpha",kind="http",critical="true",severity="critical"} 1',
    );
    expect(page.match(/^langgraph_monitor_service_info\{target="a"/gm)).toHaveLength(1);
    const counted = /^langgraph_monitor_response_time_seconds_count\{target="a"\} (\d+)/m.exec(page)?.[1];
    expect(Number(counted)).toBeGreaterThanOrEqual(probes);
    await until(
      () => status('c'),
      now => now === 'healthy',
    );
    const { asked } = b;
    await until(
      async () => a.asked,
      now => now > probes + 2,
    );
    expect(b.asked).toBe(asked);
  });

  test('applies another account for text messages, or none', async () => {
    const [a, one, other] = [await answering(), await answering(), await answering(400)];
    const services = { a: { url: a.url } };
    const account = { account_sid: 'AC1', auth_token: 't0ken', from: '+15550001111', to: ['+491701234567'] };
    const through = ({ url }: { url: string }) => ({
      alerting: { sms: { ...account, api_url: new URL(url).origin } },
    });
    const alerts = [{ status: 'firing', labels: { alertname: 'A' }, annotations: {} }];
    const notify = async (groupKey: string) => {
      const body = JSON.stringify({ version: '4', groupKey, status: 'firing', alerts });
      return (
        await get('/notify/sms', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      ).status;
    };
    configure(services);
    await start();
    expect(await notify('first')).toBe(404);
    for (const [config, want] of [
      [through(one), [200, 1, 0]],
      [through(other), [400, 1, 1]],
      [{}, [404, 1, 1]],
    ] as const) {
      configure(services, config);
      expect((await reload()).status).toBe(200);
      expect([await notify(JSON.stringify(config)), one.asked, other.asked]).toEqual(want);
    }
    expect(fixture.logged.match(/msg="Text message not sent".*/g)).toHaveLength(1);
    expect(fixture.logged).not.toContain('t0ken');
  });

  test('does not send a text message twice to a number that has got it', async () => {
    const texted: string[] = [];
    let isWell = false;
    const twilio = await listen(async (request, response) => {
      const to = new URLSearchParams(await textOf(request)).get('To') ?? '';
      texted.push(to);
      response.writeHead(isWell || to === '+1555' ? 201 : 503).end('{}');
    });
    fixture.servers.push(twilio);
    const account = { account_sid: 'AC1', auth_token: 't0ken', from: '+1000', to: ['+1555', '+1666'] };
    const sms = { ...account, api_url: `http://127.0.0.1:${portOf(twilio)}` };
    configure({ a: { url: (await answering()).url } }, { alerting: { sms } });
    await start();
    const alerts = [{ status: 'firing', labels: { alertname: 'A' }, annotations: {} }];
    const body = JSON.stringify({ version: '4', groupKey: 'g', status: 'firing', alerts });
    const headers = { 'content-type': 'application/json' };
    const notify = async () => (await get('/notify/sms', { method: 'POST', headers, body })).status;
    expect([await notify(), texted.toSorted()]).toEqual([503, ['+1555', '+1666']]);
    isWell = true;
    expect((await reload()).status).toBe(200);
    expect([await notify(), texted.slice(2)]).toEqual([200, ['+1666']]);
  });

  test('applies another way of delivery, and says where alerts are then', async () => {
    const [a, elsewhere] = [await answering(), await answering()];
    const services = { a: { url: a.url } };
    const url = new URL(elsewhere.url).origin;
    configure(services);
    await start();
    const alertmanagers = async () => (await json('/api/v1/alertmanagers')).data.activeAlertmanagers;
    expect((await json('/api/v2/status')).cluster).toEqual({ peers: [], status: 'disabled' });
    expect(await alertmanagers()).toEqual([{ url: `${fixture.monitor?.url}/api/v2/alerts` }]);
    configure(services, { alerting: { alertmanagers: [url] } });
    expect((await reload()).status).toBe(200);
    expect(await json('/api/v2/alerts')).toContain(`ask ${url}`);
    expect(await alertmanagers()).toEqual([{ url: `${url}/api/v2/alerts` }]);
    configure(services, { query: { url } });
    expect((await reload()).status).toBe(200);
    expect(await json('/api/v2/silences')).toContain(`${url}/api/v1/alertmanagers says where`);
    expect(await alertmanagers()).toEqual([]);
    configure(services);
    expect((await reload()).status).toBe(200);
    expect(await json('/api/v2/silences')).toEqual([]);
  });

  test('logs invalid templates, as the start does', async () => {
    const a = await answering();
    const hook = (title: string) => ({ webhook_url: 'http://127.0.0.1:1/', title });
    const write = (...titles: string[]) =>
      writeFileSync(
        join(fixture.folder, 'alertmanager.yml'),
        JSON.stringify({
          route: { receiver: 'a' },
          receivers: [{ name: 'a', discord_configs: titles.map(hook) }],
        }),
      );
    const warned = () =>
      [
        ...fixture.logged.matchAll(
          /level=warn msg="Part of the alerting configuration will not work" err=".*(discord_configs.*)"/g,
        ),
      ].map(match => match[1]);
    configure({ a: { url: a.url } });
    write('{{ .Status', '{{ .Status }}');
    await start();
    expect(warned()).toEqual(['discord_configs[0].title: template: :1: unclosed action']);
    write('{{ .Status }}', '{{ end }}');
    expect((await reload()).status).toBe(200);
    expect(warned().slice(1)).toEqual(['discord_configs[1].title: template: :1: unexpected {{end}}']);
    write('{{ .Status }}');
    expect((await reload()).status).toBe(200);
    expect(warned()).toHaveLength(2);
  });

  test('of an invalid file keeps everything running and is logged', async () => {
    const a = await answering();
    configure({ a: { url: a.url } });
    await start();
    await until(
      () => status('a'),
      now => now === 'healthy',
    );
    expect(await metric('langgraph_monitor_config_last_reload_successful')).toMatch(/ 1$/);
    writeFileSync(fixture.file, 'services: {a: {url: x}, b: {}}');
    const answer = await reload();
    expect(answer.status).toBe(500);
    expect(((await answer.json()) as { error: string }).error).toContain('services.a.url: not a URL');
    expect(await metric('langgraph_monitor_config_last_reload_successful')).toMatch(/ 0$/);
    expect(fixture.logged.match(/msg="Configuration not reloaded/g)).toHaveLength(2);
    expect(await status('a')).toBe('healthy');
    const { asked } = a;
    await until(
      async () => a.asked,
      now => now > asked,
    );
    configure({ a: { url: a.url } });
    expect((await reload()).status).toBe(200);
    expect(await metric('langgraph_monitor_config_last_reload_successful')).toMatch(/ 1$/);
    const { audit_trail: trail } = await json('/audit_trail');
    expect(trail).toMatchObject([
      { event: 'configuration reloaded', by: '127.0.0.1', details: { file: fixture.file } },
      { event: 'configuration reload failed', details: { error: expect.stringContaining('not a URL') } },
    ]);
  });
});
