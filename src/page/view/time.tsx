// Moments and ages. A moment is shown in the reader's time, the monitor's stands in its tooltip.

import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { useModel } from '../model.js';
import { countdown, span } from '../words.js';

interface MomentProps {
  /** The monitor's local time. */
  readonly local: string | undefined;
  /** Without its day, which stands elsewhere. */
  readonly isTime?: boolean;
  readonly hasSeconds?: boolean;
}

/** A moment: `14:02`, with the date when it is another day. */
export function Moment({ local, isTime = false, hasSeconds = false }: MomentProps) {
  const at = useModel().epoch(local);
  return at === undefined ? null : <At at={at} isTime={isTime} hasSeconds={hasSeconds} />;
}

/** The same of a moment in milliseconds since the epoch. */
export function At({ at, isTime, hasSeconds }: Omit<MomentProps, 'local'> & { readonly at: number }) {
  const model = useModel();
  const { short, full } = model.print(at);
  return (
    <time dateTime={new Date(at).toISOString()} title={full}>
      {isTime ? model.time(at).slice(0, hasSeconds ? 8 : 5) : short}
    </time>
  );
}

/** How long ago a moment is: `4 min`. @param local the monitor's local time */
export function Age({ local }: { local: string | undefined }) {
  const model = useModel();
  const at = model.epoch(local);
  if (at === undefined) return null;
  return <Ago at={at} title={`since ${model.print(at).short}; ${model.print(at).full}`} />;
}

/** How long ago a moment is. @param at milliseconds since the epoch */
export function Ago({ at, title }: { at: number; title?: string }) {
  const { now } = useModel();
  const text = useMemo(() => computed(() => span(now.value - at)), [at, now]);
  return (
    <span class="digits" title={title}>
      {text}
    </span>
  );
}

/** How long it is until a moment: `3 min 12 s`; nothing when it is past. @param at milliseconds since the epoch */
export function Until({ at }: { at: number }) {
  const model = useModel();
  const text = useMemo(() => computed(() => countdown(at - model.now.value)), [at, model]);
  const { short, full } = model.print(at);
  return (
    <span class="digits" title={`at ${short}; ${full}`}>
      {text}
    </span>
  );
}
