// Labels rewritten step by step. Comes in: a label set; goes out: what the steps make of it, or that it is dropped.
// Source: Prometheus, model/relabel/relabel.go.

import { toLower, toUpper } from '../go/letter-case.js';
import { compileRegexp, type Regexp } from '../go/regexp.js';
import { isLabelName } from '../model/label-name.js';
import { Labels } from '../model/labels.js';
import { DEFAULT_RELABEL_CONFIG, type RelabelAction, type RelabelConfig } from './config.js';
import { hashModulo } from './hash-modulo.js';

/** What the steps make of a label set; undefined when one of them drops it. */
export type Relabel = (labels: Labels) => Labels | undefined;

/** Makes steps ready to be used on any number of label sets. @throws RegexpError when one has no regular expression */
export function compileRelabel(configs: readonly RelabelConfig[]): Relabel {
  if (configs.length === 0) return labels => labels;
  const steps = configs.map(stepOf);
  return labels => {
    const set = new LabelSet(labels);
    return steps.every(step => step(set)) ? set.labels : undefined;
  };
}

class LabelSet {
  readonly #labels: Map<string, string>;

  constructor(labels: Labels) {
    this.#labels = new Map(labels.pairs());
  }

  get labels(): Labels {
    return Labels.of(this.#labels);
  }

  get(name: string): string {
    return this.#labels.get(name) ?? '';
  }

  /** An empty value takes the label away. */
  set(name: string, value: string): void {
    if (value === '') this.#labels.delete(name);
    else this.#labels.set(name, value);
  }

  /** As they are now, sorted by name; changes made while they are walked through are not seen. */
  entries(): [name: string, value: string][] {
    return [...this.#labels].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  removeWhere(isRemoved: (name: string) => boolean): void {
    for (const name of [...this.#labels.keys()]) if (isRemoved(name)) this.#labels.delete(name);
  }
}

type Step = (labels: LabelSet) => boolean;

interface StepContext {
  readonly config: RelabelConfig;
  readonly regexp: Regexp;
  readonly value: (labels: LabelSet) => string;
}

function stepOf(config: RelabelConfig): Step {
  const { sourceLabels, separator, regex, action } = config;
  const value = (labels: LabelSet) => sourceLabels.map(name => labels.get(name)).join(separator);
  return STEPS[action]({ config, regexp: compileRegexp(regex), value });
}

/** A step that changes labels and drops none. */
const change =
  (make: (context: StepContext) => (labels: LabelSet) => void) =>
  (context: StepContext): Step => {
    const apply = make(context);
    return labels => {
      apply(labels);
      return true;
    };
  };

const STEPS: Readonly<Record<RelabelAction, (context: StepContext) => Step>> = {
  replace: change(replaceStep),
  keep:
    ({ regexp, value }) =>
    labels =>
      regexp.matches(value(labels)),
  drop:
    ({ regexp, value }) =>
    labels =>
      !regexp.matches(value(labels)),
  keepequal:
    ({ config, value }) =>
    labels =>
      labels.get(config.targetLabel) === value(labels),
  dropequal:
    ({ config, value }) =>
    labels =>
      labels.get(config.targetLabel) !== value(labels),
  lowercase: change(
    ({ config, value }) =>
      labels =>
        labels.set(config.targetLabel, toLower(value(labels))),
  ),
  uppercase: change(
    ({ config, value }) =>
      labels =>
        labels.set(config.targetLabel, toUpper(value(labels))),
  ),
  hashmod: change(
    ({ config, value }) =>
      labels =>
        labels.set(config.targetLabel, String(hashModulo(value(labels), config.modulus))),
  ),
  labelmap: change(({ config, regexp }) => labels => {
    for (const [name, value] of labels.entries()) {
      const mapped = regexp.expand(name, config.replacement);
      if (mapped !== undefined) labels.set(mapped, value);
    }
  }),
  labeldrop: change(
    ({ regexp }) =>
      labels =>
        labels.removeWhere(name => regexp.matches(name)),
  ),
  labelkeep: change(
    ({ regexp }) =>
      labels =>
        labels.removeWhere(name => !regexp.matches(name)),
  ),
};

function replaceStep({ config, regexp, value }: StepContext): (labels: LabelSet) => void {
  const { targetLabel, replacement, nameValidation } = config;
  const isFixed = !targetLabel.includes('$') && !replacement.includes('$');
  // What adds or removes one label, whatever the others are.
  if (isFixed && config.sourceLabels.length === 0 && config.regex === DEFAULT_RELABEL_CONFIG.regex)
    return labels => labels.set(targetLabel, replacement);
  return labels => {
    const text = value(labels);
    const target = regexp.expand(text, targetLabel);
    if (target === undefined || !isLabelName(target, nameValidation)) return;
    labels.set(target, regexp.expand(text, replacement) ?? '');
  };
}
