// Moments and ages. A moment is shown in the reader's time, the monitor's stands in its tooltip.

import { useComputed } from '@preact/signals';
import { useModel } from '../model.js';
import { span } from '../words.js';

/** A moment: `14:02`. @param local the monitor's local time */
export function Moment({ local }: { local: string | undefined }) {
  const model = useModel();
  const at = model.epoch(local);
  if (at === undefined) return null;
  const { shown, full } = model.print(at);
  return (
    <time dateTime={new Date(at).toISOString()} title={full}>
      {shown}
    </time>
  );
}

/** How long ago a moment is: `4 min`. @param local the monitor's local time */
export function Age({ local }: { local: string | undefined }) {
  const model = useModel();
  const at = model.epoch(local);
  if (at === undefined) return null;
  return <Ago at={at} title={`since ${model.print(at).shown}; ${model.print(at).full}`} />;
}

/** How long ago a moment is. @param at milliseconds since the epoch */
export function Ago({ at, title }: { at: number; title?: string }) {
  const { now } = useModel();
  const text = useComputed(() => span(now.value - at));
  return (
    <span class="digits" title={title}>
      {text}
    </span>
  );
}
