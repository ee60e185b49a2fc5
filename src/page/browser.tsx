// The browser's half: the HTML the server drew comes alive.

import './style.css';
import { effect } from '@preact/signals';
import { hydrate } from 'preact';
import { parseView, printView } from './address.js';
import { Histories } from './history.js';
import { Live } from './live.js';
import { Model, ModelProvider } from './model.js';
import type { PageState } from './state.js';
import { App } from './view/app.js';
import { favicon } from './view/shape.js';
import { WatcherProvider, watchCards } from './view/watcher.js';
import { sentence } from './words.js';

const model = new Model(JSON.parse(document.getElementById('page-state')?.textContent ?? '') as PageState);
const histories = new Histories(model);
const watcher = watchCards(ids => histories.see(ids));

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
followAddress();
showState();
new Live(model, histories).start();

/** The view stands in the address, and the address's view is shown: after a reload, back and forward. */
function followAddress(): void {
  let shown = model.view.peek();
  effect(() => {
    const view = model.view.value;
    const before = shown;
    shown = view;
    if (printView(view) === printView(parseView(location.search))) return;
    const place = `${location.pathname}${printView(view)}${location.hash}`;
    // Typing is one step back, not one a letter.
    const isTyping = before.text !== view.text && before.text !== '' && view.text !== '';
    if (isTyping) history.replaceState(undefined, '', place);
    else history.pushState(undefined, '', place);
    void histories.refresh();
  });
  addEventListener('popstate', () => {
    model.view.value = parseView(location.search);
    void histories.refresh();
  });
}

/** Title and icon carry the state. */
function showState(): void {
  effect(() => {
    const { status } = model.summary.value;
    const isAway = model.isAway.value;
    document.title = `${isAway ? 'No answer' : sentence(status)} · ${model.about.title}`;
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = favicon(isAway ? 'unknown' : status);
  });
}
