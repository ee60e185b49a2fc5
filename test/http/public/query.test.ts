import { describe, expect, test } from 'vitest';
import { publicQuery } from '../../../src/http/public/query.js';

describe('may be asked', () => {
  test.each([
    'avg by (target) (avg_over_time(langgraph_monitor_service_up{target=~"a|b"}[1m]))',
    'max by (target) (max_over_time(probe_duration_seconds{target=~"a"}[1d]))',
    'max by (target) (quantile_over_time(0.95, probe_duration_seconds{target=~"a"}[2m]))',
    'max by (target) (langgraph:response_time_seconds:avg1d{target=~"a"})',
    'max by (target, status) (max_over_time(langgraph_monitor_service_status{target=~"a"}[1m])) == 1',
    'avg by (phase) (avg_over_time(probe_http_duration_seconds{phase="tls",target="a"}[5m] offset 1d))',
    'avg(probe_success) and on () max(langgraph_monitor_service_up)',
    '1 - -avg(probe_success)',
    'count(count_over_time(langgraph_monitor_service_up_in_maintenance{target=~"a"}[90d]))',
    'avg by (target) ((sum_over_time(langgraph_monitor_service_up{target="a"}[1d]) - sum_over_time(langgraph_monitor_service_up_in_maintenance{target="a"}[1d])) / (count_over_time(langgraph_monitor_service_up{target="a"}[1d]) - count_over_time(langgraph_monitor_service_up_in_maintenance{target="a"}[1d]) > 0) or (avg_over_time(langgraph_monitor_service_up{target="a"}[1d]) unless count_over_time(langgraph_monitor_service_up_in_maintenance{target="a"}[1d])))',
  ])('%s', query => expect(publicQuery(query, []).replaceAll(' ', '')).toBe(query.replaceAll(' ', '')));
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

test('services that are not shown are left out of everything', () => {
  const query = 'avg(probe_success) / max(max_over_time(langgraph_monitor_service_up{target=~".+"}[5m]))';
  const asked = publicQuery(query, ['a', 'b']);
  expect(asked.match(/target!="a"/g)).toHaveLength(2);
  expect(asked.match(/target!="b"/g)).toHaveLength(2);
  expect(publicQuery(asked, [])).toBe(asked);
});
