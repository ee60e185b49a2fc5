// HAProxy's words for a state, as the values of the label `state` in HAProxy's own exporter.
// Source: HAProxy, src/stats.c (the words) and addons/promex/service-prometheus.c (the labels).

export const PROXY_STATES = ['DOWN', 'UP'] as const;
export const SERVER_STATES = ['DOWN', 'UP', 'MAINT', 'DRAIN', 'NOLB'] as const;
export const CHECK_STATES = [
  'HANA',
  'SOCKERR',
  'L4OK',
  'L4TOUT',
  'L4CON',
  'L6OK',
  'L6TOUT',
  'L6RSP',
  'L7TOUT',
  'L7RSP',
  'L7OK',
  'L7OKC',
  'L7STS',
  'PROCERR',
  'PROCTOUT',
  'PROCOK',
] as const;

/** Index into {@link PROXY_STATES}; -1 for a word that is none. A frontend is OPEN, or STOP or PAUSED. */
export function proxyState(status: string): number {
  if (status.startsWith('UP') || status === 'OPEN' || status === 'FULL') return 1;
  return status.startsWith('DOWN') || status === 'STOP' || status === 'PAUSED' ? 0 : -1;
}

/** Index into {@link SERVER_STATES}; -1 for a word that is none. `UP 1/3` is still up, `DOWN 1/2` still down. */
export function serverState(status: string): number {
  if (status.startsWith('UP') || status === 'no check') return 1;
  for (let i = 0; i < SERVER_STATES.length; i++) {
    if (status.startsWith(SERVER_STATES[i] as string)) return i;
  }
  return -1;
}

const CHECK_INDEX = new Map<string, number>(CHECK_STATES.map((state, i) => [state, i]));

/** Index into {@link CHECK_STATES}; -1 for one that is not exported (no result yet). `* ` marks a check under way. */
export function checkState(status: string): number {
  return CHECK_INDEX.get(status.startsWith('* ') ? status.slice(2) : status) ?? -1;
}
