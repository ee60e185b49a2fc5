import { describe, expect, test } from 'vitest';
import { publicQuery } from '../../../src/http/public/query.js';

describe('may be asked', () => {
  test.each([
    'avg by (target) (avg_over_time(langgraph_monitor_service_up{target=~"a|b"}[1m]))',
    'max by (target) (max_over_time(probe_duration_seconds{target=~"a"}[1d]))',
    'label_replace(max(quantile_over_time(0.5, probe_duration_seconds{target="a"}[1m])), "part", "median", "", "") or label_replace(max(quantile_over_time(0.95, probe_duration_seconds{target="a"}[1m])), "part", "p95", "", "")',
    'sum by (reason) (increase(langgraph_monitor_probe_failures_total{target="a"}[2m])) > 0',
    'max by (target) (quantile_over_time(0.95, probe_duration_seconds{target=~"a"}[2m]))',
    'max by (target) (langgraph:response_time_seconds:avg1d{target=~"a"})',
    'max(last_over_time(langgraph:anomaly:upper{anomaly="response_time",target="a"}[10m]))',
    'max by (target, status) (max_over_time(langgraph_monitor_service_status{target=~"a"}[1m])) == 1',
    'avg by (phase) (avg_over_time(probe_http_duration_seconds{phase="tls",target="a"}[5m] offset 1d))',
    'avg(probe_success) and on () max(langgraph_monitor_service_up)',
    '1 - -avg(probe_success)',
    'count(count_over_time(langgraph_monitor_service_up_in_maintenance{target=~"a"}[90d]))',
    'avg by (target) ((sum_over_time(langgraph_monitor_service_up{target="a"}[1d]) - sum_over_time(langgraph_monitor_service_up_in_maintenance{target="a"}[1d])) / (count_over_time(langgraph_monitor_service_up{target="a"}[1d]) - count_over_time(langgraph_monitor_service_up_in_maintenance{target="a"}[1d]) > 0) or (avg_over_time(langgraph_monitor_service_up{target="a"}[1d]) unless count_over_time(langgraph_monitor_service_up_in_maintenance{target="a"}[1d])))',
  ])('%s', query => {
    expect(bare(publicQuery(query, ['a', 'b']))).toBe(bare(query));
  });
});

describe('may not be asked', () => {
  test.each<[query: string, what: string]>([
    ['up', 'the metric up'],
    ['sum(process_resident_memory_bytes)', 'the metric process_resident_memory_bytes'],
    ['sum({__name__=~"langgraph.*"})', 'a selector without a metric'],
    ['sum({__name__!="up",target="a"})', 'a selector without a metric'],
    ['sum({target="a"})', 'a selector without a metric'],
    ['avg(toString)', 'the metric toString'],
    ['probe_success', 'a metric outside of an aggregation'],
    ['avg(probe_success) + probe_success', 'a metric outside of an aggregation'],
    ['max_over_time(probe_success[5m])', 'a metric outside of an aggregation'],
    ['avg by (instance) (probe_success)', 'the label instance of probe_success'],
    ['avg by (status) (probe_success)', 'the label status of probe_success'],
    ['avg(probe_success{instance=~"10.*"})', 'the label instance of probe_success'],
    ['avg without (target) (probe_success)', 'avg without'],
    ['topk(1, probe_success)', 'topk'],
    ['count_values("target", probe_success)', 'count_values'],
    ['label_replace(avg by (target) (probe_success), "target", "$1", "instance", "(.*)")', 'label_replace()'],
    ['label_replace(probe_success, "part", "median", "", "")', 'a metric outside of an aggregation'],
    ['label_replace(avg(probe_success), "target", "x", "", "")', 'label_replace()'],
    ['label_replace(avg(probe_success), "part", "$1", "target", "(.*)")', 'label_replace()'],
    ['avg by (server) (haproxy_backend_status)', 'the label server of haproxy_backend_status'],
    ['avg(haproxy_server_status)', 'the metric haproxy_server_status'],
    ['avg(probe_ssl_earliest_cert_expiry)', 'the metric probe_ssl_earliest_cert_expiry'],
    ['absent(probe_success)', 'absent()'],
    ['time()', 'time()'],
    ['max_over_time(avg(probe_success)[1h:1m])', 'a subquery'],
    ['avg(avg_over_time(probe_success[93d]))', 'a range of more than 92d'],
    ['avg(probe_success) * on (target) group_left (job) avg(probe_success)', 'group_left and group_right'],
    ['"text"', 'a text'],
    [`avg(probe_success{target="${'x'.repeat(5000)}"})`, 'longer than 4096 characters'],
  ])('%s', (query, what) => {
    expect(() => publicQuery(query, [])).toThrow(what);
    expect(() => publicQuery(query, [])).toThrow('may not be asked for here, only aggregations over');
  });

  test('what is no PromQL', () => expect(() => publicQuery('avg(', [])).toThrow(/parse error/));
});

describe('only services that are shown are read', () => {
  test.each<[name: string, query: string, want: string]>([
    ['all of them', 'avg(probe_success)', 'avg(probe_success{target=~"a|b[.]c"})'],
    ['one', 'avg(probe_success{target="a"})', 'avg(probe_success{target="a"})'],
    ['by a pattern', 'avg(probe_success{target=~"b.*"})', 'avg(probe_success{target="b.c"})'],
    ['but one', 'avg(probe_success{target!="a"})', 'avg(probe_success{target="b.c"})'],
    [
      'in a range',
      'max(max_over_time(probe_success[5m]))',
      'max(max_over_time(probe_success{target=~"a|b[.]c"}[5m]))',
    ],
    ['a hidden one', 'avg(probe_success{target="x"})', 'avg(probe_success{target!="",target=""})'],
    [
      'a hidden one by a pattern',
      'avg(probe_success{target=~"x.*"})',
      'avg(probe_success{target!="",target=""})',
    ],
  ])('%s', (_, query, want) => {
    const asked = publicQuery(query, ['a', 'b.c']);
    expect(sorted(asked)).toBe(sorted(want));
    expect(publicQuery(asked, ['a', 'b.c'])).toBe(asked);
  });
});

/** Without blanks and the choice of services. */
function bare(query: string): string {
  const others = query.replace(/,?target=~?"[^"]*"/g, '').replaceAll('{,', '{');
  return others.replaceAll('{}', '').replaceAll(' ', '');
}

/** The order of matchers says nothing. */
function sorted(query: string): string {
  return query.replace(
    /\{([^}]*)\}/g,
    (_, matchers: string) => `{${matchers.split(/, ?/).sort().join(',')}}`,
  );
}
