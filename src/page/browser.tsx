// The browser's half: the HTML the server drew comes alive.

import './style.css';
import { effect } from '@preact/signals';
import { hydrate, options } from 'preact';
import { setBase } from './api.js';
import { Histories } from './history.js';
import { Live } from './live.js';
import { Model, ModelProvider } from './model.js';
import { followAddress } from './navigation.js';
import { reloadOnce } from './newer.js';
import { printLight } from './print.js';
import type { PageState } from './state.js';
import { titleOf } from './title.js';
import { App } from './view/app.js';
import { favicon } from './view/shape.js';
import { WatcherProvider, watchCards } from './view/watcher.js';
import { loadView } from './views/catalogue.js';

const model = new Model(JSON.parse(document.getElementById('page-state')?.textContent ?? '') as PageState);
setBase(model.root.peek(), model.about.readOnly);
try {
  model.component.value = await loadView(model.place.peek().view);
} catch (error) {
  // The monitor was replaced between the page and its chunk, or a proxy lost one.
  reloadOnce('chunk');
  throw error;
}
const histories = new Histories(model);
const watcher = watchCards(ids => histories.see(ids));

// In a task of its own: taking in what a thousand services say and drawing it would be one long one.
options.debounceRendering = draw => setTimeout(draw);
hydrate(
  <ModelProvider value={model}>
    <WatcherProvider value={watcher}>
      <App />
    </WatcherProvider>
  </ModelProvider>,
  document.getElementById('page') as HTMLElement,
);
document.documentElement.dataset.alive = '';
// From here on the page may differ from what the server drew.
model.isReader.value = true;
followAddress(model, () => void histories.refresh());
showState();
printLight();
new Live(model, histories).start();

/** Title and icon carry the state. */
function showState(): void {
  effect(() => {
    const { status } = model.summary.value;
    const isAway = model.isAway.value;
    document.title = titleOf(isAway ? 'no answer' : status, model);
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = favicon(isAway ? 'unknown' : status);
  });
}
