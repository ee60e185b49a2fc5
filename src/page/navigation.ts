// Goes from view to view in the browser: links within the page, back and forward, and what the reader chooses within a
// view. The address always says what is shown.

import { batch, effect } from '@preact/signals';
import { checkMonitor, pathOf } from './api.js';
import type { Model } from './model.js';
import { withOpen } from './open.js';
import { type Place, parsePlace, printPlace } from './place.js';
import { loadView } from './views/catalogue.js';

/** @param onChange called when the address says something else than before */
export function followAddress(model: Model, onChange: () => void): void {
  let shown = model.place.peek();
  effect(() => {
    const place = model.place.value;
    const before = shown;
    shown = place;
    if (printPlace(place) === printPlace(placeNow() ?? place)) return;
    const address = `${pathOf('')}${printPlace(place)}`;
    if (isTyping(before, place)) history.replaceState(undefined, '', address);
    else history.pushState(undefined, '', address);
    onChange();
  });
  addEventListener('popstate', () => {
    const place = placeNow();
    if (place) void go(model, place, onChange);
  });
  document.addEventListener('click', event => {
    const place = linked(event);
    if (!place) return;
    event.preventDefault();
    void go(model, place, () => {
      scrollTo(0, 0);
      document.querySelector('main')?.focus({ preventScroll: true });
    });
  });
}

/**
 * Shows a place once its view is loaded. Where its chunk cannot be had because the monitor was replaced the browser loads the
 * page; where the monitor does not answer that waits until it does: what is shown is better than the browser's error.
 */
async function go(model: Model, place: Place, then: () => void): Promise<void> {
  wanted = place;
  try {
    const component =
      place.view === model.place.peek().view ? model.component.peek() : await loadView(place.view);
    batch(() => {
      model.component.value = component;
      model.place.value = place;
    });
    then();
  } catch {
    if ((await checkMonitor()) === undefined) model.isAway.value = true;
    whenBack(model, () => {
      if (wanted === place) location.assign(`${pathOf('')}${printPlace(place)}`);
    });
  }
}

/** The place that was asked for last. */
let wanted: Place | undefined;

/** Calls once the monitor answers, which may be at once. */
function whenBack({ isAway }: Model, then: () => void): void {
  const stop = isAway.subscribe(isGone => {
    if (isGone) return;
    // Not within the first call, which comes before there is anything to stop.
    queueMicrotask(() => stop());
    then();
  });
}

/** Typing is one step back, not one a letter; so is all that is done in a form; and details that open are none. */
function isTyping(before: Place, now: Place): boolean {
  if (
    before.view === now.view &&
    before.id === now.id &&
    withOpen(before.query, []) === withOpen(now.query, [])
  )
    return true;
  const isForm = ({ query }: Place) => new URLSearchParams(query).get('new') === '1';
  if (before.view === now.view && isForm(before) && isForm(now)) return true;
  const text = ({ query }: Place) => new URLSearchParams(query).get('q') ?? '';
  return before.view === now.view && text(before) !== text(now) && text(before) !== '' && text(now) !== '';
}

function placeNow(): Place | undefined {
  return placeOf(location);
}

function placeOf({ pathname, search }: { readonly pathname: string; readonly search: string }) {
  const base = pathOf('');
  return pathname.startsWith(base) ? parsePlace(pathname.slice(base.length), search) : undefined;
}

/** The view a click leads to; undefined where the browser shall follow the link by itself. */
function linked(event: MouseEvent): Place | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return undefined;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.hasAttribute('download')) return undefined;
  const { origin, hash } = link;
  if (origin !== location.origin || hash !== '') return undefined;
  return placeOf(link);
}
