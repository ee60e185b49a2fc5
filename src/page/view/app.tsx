// The overview, from the top: how it is, what is wrong, the services, what they stand on, what was.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useModel } from '../model.js';
import { AlertList } from './alerts.js';
import { Incidents } from './incidents.js';
import { Resources } from './resources.js';
import { Services } from './services.js';
import { Away, StatusLine } from './status-line.js';

export function App() {
  const { about, isAway } = useModel();
  return (
    <div class={isAway.value ? 'page stale' : 'page'}>
      <header class="top">
        <a class="brand" href="./">
          {about.title}
        </a>
        <span class="quiet node">
          {about.node} · {about.version}
        </span>
        <nav aria-label="Elsewhere">
          <a href="docs">API</a>
          <a href="runbook">Runbook</a>
        </nav>
        <ThemeButton />
      </header>
      <main>
        <Away />
        <StatusLine />
        <AlertList />
        <Services />
        <Resources />
        <Incidents />
      </main>
    </div>
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
