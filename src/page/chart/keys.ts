// Moves the cursor of a time axis by keys, zooms around it, and moves what is shown.

import type { Axis } from './time-axis.js';

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};
/** The part of the time that is left when a key zooms, and by which a key moves it. */
const ZOOM = 1 / 4;
const PAN = 1 / 4;
/** Keys as `aria-keyshortcuts` names them. */
export const SHORTCUTS = 'ArrowLeft ArrowRight + - 0 Shift+ArrowLeft Shift+ArrowRight';

/** The place of a moment among these; undefined when it is not given or far outside. */
export function placeOf(at: number | undefined, times: readonly number[]): number | undefined {
  const [first, second] = times;
  if (at === undefined || first === undefined || second === undefined) return undefined;
  const place = Math.round((at - first) / (second - first));
  return place < 0 || place >= times.length ? undefined : place;
}

/**
 * Arrows step, Page steps by ten, Home and End jump, `+` zooms around the cursor, `-` zooms out, `0` and Escape go
 * back, arrows with Shift move the time that is shown.
 */
export function moveByKey(event: KeyboardEvent, axis: Axis, times: readonly number[], place: number): void {
  const step = STEPS[event.key];
  if (event.shiftKey && (step === 1 || step === -1)) pan(axis, step * PAN);
  else if (step !== undefined)
    axis.cursor.value = times[Math.min(times.length - 1, Math.max(0, place + step))];
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === '+' || event.key === '=') zoomAround(axis, times[place]);
  else if (event.key === '-') axis.widen();
  else if (event.key === '0') axis.reset();
  else if (event.key === 'Escape' && axis.cursor.peek() !== undefined) axis.cursor.value = undefined;
  else if (event.key === 'Escape') axis.reset();
  else return;
  event.preventDefault();
}

/** Moves what is shown by a part of it. */
function pan(axis: Axis, part: number): void {
  const { from, to } = axis.span.peek();
  axis.zoom(from + (to - from) * part, to + (to - from) * part);
}

function zoomAround(axis: Axis, at: number | undefined): void {
  if (at === undefined) return;
  const { from, to } = axis.span.peek();
  const reach = ((to - from) * ZOOM) / 2;
  axis.zoom(at - reach, at + reach);
}
