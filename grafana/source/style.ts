// How values look: units come with a panel, colours and words for states are here, the same on every dashboard.

import { MappingType, type ThresholdsConfig, ThresholdsMode, type ValueMapping } from '@grafana/schema';

/** Grafana's names. A state has the same colour everywhere; what is no state is blue, or grey where it is a limit. */
export const COLOUR = {
  good: 'green',
  fair: 'orange',
  bad: 'red',
  plain: 'blue',
  quiet: 'gray',
} as const;

/** A value from which on another colour holds. */
export type Step = readonly [from: number, colour: string];

/** Colours by value; the first is that of everything below the first step. */
export function thresholds(base: string, ...steps: readonly Step[]): ThresholdsConfig {
  return {
    mode: ThresholdsMode.Absolute,
    steps: [{ color: base, value: null }, ...steps.map(([value, color]) => ({ color, value }))],
  };
}

/** Good below the first bound, fair up to the second, bad from there on. */
export const lessIsBetter = (fair: number, bad: number) =>
  thresholds(COLOUR.good, [fair, COLOUR.fair], [bad, COLOUR.bad]);

/** Bad below the first bound, fair up to the second, good from there on. */
export const moreIsBetter = (fair: number, good: number) =>
  thresholds(COLOUR.bad, [fair, COLOUR.fair], [good, COLOUR.good]);

/** Nothing is good, anything is this. */
export const anyIs = (colour: string) => thresholds(COLOUR.good, [1, colour]);

/** No judgement. */
export const PLAIN = thresholds(COLOUR.plain);

/** Words and colours for whole numbers. */
export function words(
  table: Readonly<Record<number, readonly [text: string, colour: string]>>,
): ValueMapping[] {
  const entries = Object.entries(table).map(([value, [text, color]], index) => [
    value,
    { text, color, index },
  ]);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(entries) }];
}

/** The cluster, as `langgraph:cluster_status` counts it. */
export const CLUSTER_STATES = words({
  2: ['Healthy', COLOUR.good],
  1: ['Degraded', COLOUR.fair],
  0: ['Unhealthy', COLOUR.bad],
});

/** A service as its confirmed checks say: {@link serviceState}. */
export const SERVICE_STATES = words({
  2: ['Up', COLOUR.good],
  1: ['Slow', COLOUR.fair],
  0: ['Down', COLOUR.bad],
});

/** Both in one panel. */
export const WELL_OR_NOT = words({
  2: ['Well', COLOUR.good],
  1: ['Degraded', COLOUR.fair],
  0: ['Down', COLOUR.bad],
});

/** What a single check found, in the order of `langgraph_monitor_service_status`. */
export const CHECK_STATES = words({
  5: ['Healthy', COLOUR.good],
  4: ['Degraded', COLOUR.fair],
  3: ['Unhealthy', COLOUR.bad],
  2: ['Timeout', COLOUR.bad],
  1: ['Error', COLOUR.bad],
  0: ['Unknown', COLOUR.quiet],
});

/** A backend or a server of HAProxy's. */
export const PROXY_STATES = words({
  2: ['Up', COLOUR.good],
  1: ['Out of rotation', COLOUR.plain],
  0: ['Down', COLOUR.bad],
});

/** An alert. */
export const ALERT_STATES = words({ 2: ['Firing', COLOUR.bad], 1: ['Pending', COLOUR.fair] });

/** 1 is as it should be. */
export const YES_NO = (yes: string, no: string) => words({ 1: [yes, COLOUR.good], 0: [no, COLOUR.bad] });
