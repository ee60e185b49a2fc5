// The server's half: a state in, the whole HTML document out. Loaded by the monitor when a browser asks for the page.

import renderToString from 'preact-render-to-string';
import { Model, ModelProvider } from './model.js';
import { type PageState, slim } from './state.js';
import { App } from './view/app.js';
import { PlainTables } from './view/plain.js';
import { favicon } from './view/shape.js';
import { sentence } from './words.js';

/** The built files' names below `ui/assets/`. */
export interface Assets {
  readonly script: string;
  readonly style: string;
  /** Run before the first paint. */
  readonly theme: string;
}

const FOLDER = 'ui/assets';

/** The page as HTML. Links in it are relative, so that it also works below a proxy's path. */
export function render(full: PageState, { script, style, theme }: Assets): string {
  const state = slim(full);
  const model = new Model(state);
  const { status } = model.summary.value;
  const head = renderToString(
    <>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{titleOf(status, state.title)}</title>
      <link rel="icon" href={favicon(status)} />
      <script src={`${FOLDER}/${theme}`} />
      <link rel="stylesheet" href={`${FOLDER}/${style}`} />
      <script type="module" src={`${FOLDER}/${script}`} />
      <noscript>
        <meta http-equiv="refresh" content="15" />
      </noscript>
    </>,
  );
  const app = renderToString(
    <ModelProvider value={model}>
      <App />
    </ModelProvider>,
  );
  const tables = renderToString(
    <ModelProvider value={model}>
      <PlainTables />
    </ModelProvider>,
  );
  return `<!doctype html>
<html lang="en">
<head>${head}</head>
<body>
<div id="page">${app}</div>
<noscript>${tables}</noscript>
<script type="application/json" id="page-state">${embed(state)}</script>
</body>
</html>
`;
}

/** The page's title in a state. */
function titleOf(status: string, title: string): string {
  return `${sentence(status)} · ${title}`;
}

/** JSON that no text in it can end early. */
function embed(state: PageState): string {
  return JSON.stringify(state).replaceAll('<', '\\u003c');
}
