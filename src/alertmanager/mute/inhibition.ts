// Inhibition: alerts that are not sent while another one explains them. Comes in: alerts; goes out: which one mutes another.
// Source: Alertmanager, inhibit/inhibit.go.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import { isResolved, type StoredAlert } from '../alert-store.js';
import type { InhibitRule } from '../config/definition.js';
import { matchesAll } from '../matchers/matcher.js';

/** One rule with the alerts that match its source, by their values of the labels in `equal`. */
class Rule {
  readonly #rule: InhibitRule;
  readonly #sources = new Map<string, Map<string, StoredAlert>>();

  constructor(rule: InhibitRule) {
    this.#rule = rule;
  }

  update(alert: StoredAlert): void {
    if (!matchesAll(this.#rule.sourceMatchers, alert.labels)) return;
    const key = this.#key(alert.labels);
    const sameKey = this.#sources.get(key) ?? new Map<string, StoredAlert>();
    this.#sources.set(key, sameKey.set(alert.fingerprint, alert));
  }

  /** Forgets resolved alerts. */
  sweep(at: Millis): void {
    for (const [key, sameKey] of this.#sources) {
      for (const [fingerprint, alert] of sameKey) if (isResolved(alert, at)) sameKey.delete(fingerprint);
      if (sameKey.size === 0) this.#sources.delete(key);
    }
  }

  /** The fingerprint of an alert that mutes one with these labels; undefined: none does. */
  muting(labels: Labels, at: Millis): string | undefined {
    const { sourceMatchers, targetMatchers } = this.#rule;
    if (!matchesAll(targetMatchers, labels)) return undefined;
    // An alert that matches both source and target is not muted by another that matches both, nor by itself.
    const matchesBoth = matchesAll(sourceMatchers, labels);
    for (const alert of this.#sources.get(this.#key(labels))?.values() ?? []) {
      if (isResolved(alert, at)) continue;
      if (!matchesBoth || !matchesAll(targetMatchers, alert.labels)) return alert.fingerprint;
    }
    return undefined;
  }

  #key(labels: Labels): string {
    return JSON.stringify(this.#rule.equal.map(name => labels.get(name)));
  }
}

export class Inhibitor {
  readonly #rules: readonly Rule[];

  constructor(rules: readonly InhibitRule[], alerts: Iterable<StoredAlert>) {
    this.#rules = rules.map(rule => new Rule(rule));
    for (const alert of alerts) this.update(alert);
  }

  /** Adds or updates an alert. */
  update(alert: StoredAlert): void {
    for (const rule of this.#rules) rule.update(alert);
  }

  /** The fingerprint of an alert that mutes one with these labels; undefined: none does. */
  muting(labels: Labels, at: Millis): string | undefined {
    for (const rule of this.#rules) {
      const source = rule.muting(labels, at);
      if (source !== undefined) return source;
    }
    return undefined;
  }

  /** Forgets resolved alerts. */
  sweep(at: Millis): void {
    for (const rule of this.#rules) rule.sweep(at);
  }
}
