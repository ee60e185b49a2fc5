// The server's half: a state in, the whole HTML document out. Loaded by the monitor when a browser asks for the page.

import type { ComponentChild } from 'preact';
import renderToString from 'preact-render-to-string';
import { Model, ModelProvider } from './model.js';
import { isOffered, type LaterView, parsePlace, type ViewName } from './place.js';
import { type PageState, slim } from './state.js';
import { titleOf } from './title.js';
import { App } from './view/app.js';
import { plainTables } from './view/plain.js';
import { favicon } from './view/shape.js';
import { loadView, VIEWS } from './views/catalogue.js';

/** The built files' names below `ui/assets/`. */
export interface Assets {
  readonly script: string;
  readonly style: string;
  /** Run before the first paint. */
  readonly theme: string;
  /** What the script imports. */
  readonly preload: readonly string[];
}

const FOLDER = 'ui/assets';

/** All views are drawn from here at once; only browsers load them one by one. */
const components = new Map(
  await Promise.all(
    (Object.keys(VIEWS) as LaterView[]).map(async view => [view, await loadView(view)] as const),
  ),
) as ReadonlyMap<ViewName, Awaited<ReturnType<typeof loadView>>>;

/** Whether there is a view at an address below the monitor's: `ui/incidents`. @param isPublic of those for the public */
export function hasView(path: string, isPublic: boolean): boolean {
  const place = parsePlace(path, '');
  return place !== undefined && isOffered(place.view, isPublic);
}

/**
 * The page as HTML. Links in it are relative, so that it also works below a proxy's path. With a thousand services it takes
 * a while. @param turn called between its pieces: everything else has its turn
 */
export async function render(
  full: PageState,
  { script, style, theme, preload }: Assets,
  turn: () => Promise<void>,
): Promise<string> {
  const state = slim(full);
  const { description } = state;
  const { view } = parsePlace(state.path, state.query) ?? { view: 'overview' };
  const model = new Model(state, components.get(view));
  const { status } = model.summary.value;
  const folder = `${model.root.value}${FOLDER}`;
  const head = renderToString(
    <>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{titleOf(status, model)}</title>
      {description === undefined ? null : <meta name="description" content={description} />}
      <link
        rel="alternate"
        type="application/atom+xml"
        title={`${model.about.title}: incidents`}
        href={`${model.root.value}incidents.atom`}
      />
      <link rel="icon" href={favicon(status)} />
      <script src={`${folder}/${theme}`} />
      <link rel="stylesheet" href={`${folder}/${style}`} />
      {preload.map(file => (
        <link key={file} rel="modulepreload" href={`${folder}/${file}`} />
      ))}
      <script type="module" src={`${folder}/${script}`} />
      <noscript>
        <meta http-equiv="refresh" content="15" />
      </noscript>
    </>,
  );
  const draw = async (part: ComponentChild) => {
    await turn();
    return renderToString(<ModelProvider value={model}>{part}</ModelProvider>);
  };
  const app = await draw(<App />);
  const tables = await plainTables(model, draw);
  await turn();
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
/** JSON that no text in it can end early. */
function embed(state: PageState): string {
  return JSON.stringify(state).replaceAll('<', '\\u003c');
}
