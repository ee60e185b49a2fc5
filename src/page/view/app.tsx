// What every view has around it: where one is, where one can go, and whether the monitor answers.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useModel } from '../model.js';
import { isOffered, type LaterView, type Place, printPlace } from '../place.js';
import { VIEWS } from '../views/catalogue.js';
import { Overview } from './overview.js';
import { Away, StatusStrip } from './status-line.js';
import { Link } from './view-link.js';

export function App() {
  const { about, isAway, component, root } = useModel();
  const View = component.value ?? Overview;
  return (
    <div class={isAway.value ? 'page stale' : 'page'}>
      <header class="top">
        <a class="brand" href={root.value} dir="auto">
          {about.title}
        </a>
        {about.readOnly ? <span class="node" /> : <Elsewhere />}
        <ThemeButton />
      </header>
      <Views />
      <main tabIndex={-1}>
        <Away />
        <Newer />
        {component.value === undefined ? null : <StatusStrip />}
        <View />
      </main>
    </div>
  );
}

/** Shown while the page cannot load itself again without losing what its reader has begun. */
function Newer() {
  const { isOutdated, isAway, root, place } = useModel();
  return (
    <div role="status">
      {isOutdated.value && !isAway.value ? (
        <p class="notice newer">
          The monitor was replaced; this page is of the one before.{' '}
          {/* With a target it is the browser's to follow. */}
          <a href={`${root.value}${printPlace(place.value)}`} target="_self">
            Reload
          </a>
        </p>
      ) : null}
    </div>
  );
}

/** Version, node and links at the end of the page. */
function Elsewhere() {
  const { about, root } = useModel();
  return (
    <>
      <span class="quiet node">
        {about.node} · {about.version}
      </span>
      <nav class="elsewhere" aria-label="Elsewhere">
        <a href={`${root.value}docs`}>API</a>
        <a href={`${root.value}runbook`}>Runbook</a>
      </nav>
    </>
  );
}

/** The views there are; the one that is shown is marked. */
function Views() {
  const { place, about } = useModel();
  const { view } = place.value;
  const later = (Object.keys(VIEWS) as LaterView[]).filter(
    name => VIEWS[name].isListed !== false && isOffered(name, about.readOnly),
  );
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the view that is shown may stand beyond the edge.
    const shown = nav.current?.querySelector<HTMLElement>('[aria-current]');
    if (nav.current && shown)
      nav.current.scrollLeft = shown.offsetLeft - (nav.current.clientWidth - shown.offsetWidth) / 2;
  }, [view]);
  return (
    <nav class="views js-only" aria-label="Views" ref={nav}>
      <ViewLink to={{ view: 'overview' }} name="Overview" isShown={view === 'overview'} />
      {later.map(name => (
        <ViewLink key={name} to={{ view: name }} name={VIEWS[name].name} isShown={view === name} />
      ))}
    </nav>
  );
}

function ViewLink({ to, name, isShown }: { to: Omit<Place, 'query'>; name: string; isShown: boolean }) {
  return (
    <Link to={to} aria-current={isShown ? 'page' : undefined}>
      {name}
    </Link>
  );
}

const THEME = 'langgraph-monitor.theme';
const THEMES = ['system', 'light', 'dark'];

/** Goes through the system's theme, light and dark; the choice is kept in this browser. */
function ThemeButton() {
  const theme = useSignal('system');
  useEffect(() => {
    theme.value = document.documentElement.dataset.theme ?? 'system';
  }, [theme]);
  const next = () => {
    const chosen = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] as string;
    theme.value = chosen;
    if (chosen === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    try {
      localStorage.setItem(THEME, chosen);
    } catch {
      // Storage is blocked: the choice lasts as long as the page.
    }
  };
  return (
    <button type="button" class="theme js-only" aria-label={`Theme: ${theme.value}`} onClick={next}>
      <svg class="shape" viewBox="0 0 16 16" aria-hidden="true">
        <path d="M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zM8 2.8v10.4A5.2 5.2 0 0 0 8 2.8z" fill-rule="evenodd" />
      </svg>{' '}
      <span class="theme-name">{theme.value}</span>
    </button>
  );
}
