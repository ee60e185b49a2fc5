// What a metric family may be. Source: OpenMetrics 1.0; Prometheus' `untyped` is `unknown`.

export const METRIC_TYPES = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'summary',
  'gaugehistogram',
  'info',
  'stateset',
] as const;

export type MetricType = (typeof METRIC_TYPES)[number];
