// What was expected and what there was, as promtool prints it.

import { goExponent, special } from '../../go/value.js';
import { quote } from '../../promql/print/quote.js';
import type { Texts } from '../definition.js';

/** Labels and annotations of an alert; both may hold empty values. */
export interface PlainAlert {
  readonly labels: Texts;
  readonly annotations: Texts;
}

/** `{a="1", b="2"}`. */
export function printTexts(texts: Texts): string {
  return `{${sortedEntries(texts)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join(', ')}}`;
}

/** Names and values in the order of the names. */
export function sortedEntries(texts: Texts): [string, string][] {
  return Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Alerts over several lines, the first of them not indented. */
export function printAlerts(alerts: readonly PlainAlert[], indent: string): string {
  if (alerts.length === 0) return '[]';
  const printed = alerts.map(
    ({ labels, annotations }, i) =>
      `${i}:\n  Labels:${printTexts(labels)}\n  Annotations:${printTexts(annotations)}`,
  );
  return `[\n${printed.join(',\n')}\n]`.replaceAll('\n', `\n${indent}`);
}

/** `{a="1"} 5E-01, ...`, or `nil`. */
export function printSamples(samples: readonly { readonly text: string; readonly value: number }[]): string {
  if (samples.length === 0) return 'nil';
  return samples.map(({ text, value }) => `${text} ${printValue(value)}`).join(', ');
}

/** Go's `FormatFloat(value, 'E', -1, 64)`. */
function printValue(value: number): string {
  const [digits, exponent] = value.toExponential().split('e');
  return special(value) ?? `${digits}E${goExponent(Number(exponent))}`;
}
