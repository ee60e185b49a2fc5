// One step of relabelling, checked and with its defaults filled in. Plain data, so that it can be sent to another thread.
// Source: Prometheus, "Configuration", <relabel_config>.

import type { NameValidation } from '../model/label-name.js';

export const RELABEL_ACTIONS = [
  'replace',
  'keep',
  'drop',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
] as const;

export type RelabelAction = (typeof RELABEL_ACTIONS)[number];

export interface RelabelConfig {
  readonly action: RelabelAction;
  readonly sourceLabels: readonly string[];
  /** Between the values of the source labels. */
  readonly separator: string;
  /** As written, RE2's; matches whole values. */
  readonly regex: string;
  /** Of `hashmod`; at least 1 there. */
  readonly modulus: number;
  /** A name; of `replace` also a template. */
  readonly targetLabel: string;
  /** A template. */
  readonly replacement: string;
  /** Which names `replace` may write; another one is not written. */
  readonly nameValidation: NameValidation;
}

/** What holds where nothing is written. */
export const DEFAULT_RELABEL_CONFIG: Omit<RelabelConfig, 'nameValidation'> = {
  action: 'replace',
  sourceLabels: [],
  separator: ';',
  regex: '(.*)',
  modulus: 0,
  targetLabel: '',
  replacement: '$1',
};
