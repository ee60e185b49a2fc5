// The list of metrics: type and help of each, chosen into the expression.

import { useSignal } from '@preact/signals';
import { usePolledJson } from '../../polled.js';
import { Breakable } from '../../view/breakable.js';

interface Metadata {
  readonly data: Readonly<Record<string, readonly { readonly type: string; readonly help: string }[]>>;
}

interface Names {
  readonly data: readonly string[];
}

/** Rows that are drawn at most; typing finds the others. */
const SHOWN = 200;
const EVERY = 300_000;

export function MetricList({ onChoose }: { onChoose(name: string): void }) {
  const names = usePolledJson<Names>('api/v1/label/__name__/values', EVERY);
  const metadata = usePolledJson<Metadata>('api/v1/metadata', EVERY);
  const text = useSignal('');
  const wanted = text.value.toLowerCase();
  const of = (name: string) => metadata.answer?.data[name]?.[0] ?? { type: '', help: '' };
  const fits = (name: string) => `${name} ${of(name).help}`.toLowerCase().includes(wanted);
  const found = names.answer?.data.filter(fits) ?? [];
  return (
    <section class="metrics" aria-label="Metrics">
      <input
        type="search"
        aria-label="Filter metrics by name or description"
        placeholder="Filter metrics"
        onInput={event => {
          text.value = event.currentTarget.value;
        }}
      />
      {names.problem === '' ? null : <p class="notice">Metrics cannot be listed: {names.problem}</p>}
      <ul class="rows">
        {found.slice(0, SHOWN).map(name => (
          <li key={name} class="row">
            <button type="button" class="series" onClick={() => onChoose(name)}>
              <Breakable text={name} />
            </button>
            <span class="quiet">{of(name).type}</span>
            <span class="quiet">{of(name).help}</span>
          </li>
        ))}
      </ul>
      {found.length <= SHOWN ? null : <p class="quiet">{found.length - SHOWN} more; type to find them.</p>}
    </section>
  );
}
