// One step of relabelling, checked and with its defaults filled in. Plain data: it is sent to the thread that scrapes.
// Source: Prometheus, "Configuration", <relabel_config>.

export type RelabelAction =
  | 'replace'
  | 'lowercase'
  | 'uppercase'
  | 'keep'
  | 'drop'
  | 'keepequal'
  | 'dropequal'
  | 'hashmod'
  | 'labelmap'
  | 'labeldrop'
  | 'labelkeep';

export interface RelabelConfig {
  readonly action: RelabelAction;
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  /** As written, RE2's; matches whole values. */
  readonly regex: string;
  readonly modulus: number;
  readonly targetLabel: string;
  readonly replacement: string;
}
