// The views besides the overview. A new one is a module beside this and a line here; navigation and server follow.

import type { FunctionComponent } from 'preact';
import type { LaterView } from '../place.js';

/** A view's module. */
interface ViewModule {
  readonly View: FunctionComponent;
}

interface ViewEntry {
  /** As the navigation and the title have it. */
  readonly name: string;
  /** Whether the navigation has it; true unless said. */
  readonly isListed?: boolean;
  /** Loads its module: a chunk of its own in the browser. */
  load(): Promise<ViewModule>;
}

/** In the navigation's order. */
export const VIEWS: Readonly<Record<LaterView, ViewEntry>> = {
  alerts: { name: 'Alerts', load: () => import('./alerts.js') },
  silences: { name: 'Silences', load: () => import('./silences.js') },
  incidents: { name: 'Incidents', load: () => import('./incidents.js') },
  reports: { name: 'Reports', load: () => import('./reports.js') },
  capacity: { name: 'Capacity', load: () => import('./capacity.js') },
  haproxy: { name: 'HAProxy', load: () => import('./haproxy.js') },
  node: { name: 'Node', load: () => import('./node.js') },
  targets: { name: 'Targets', load: () => import('./targets.js') },
  explore: { name: 'Explore', load: () => import('./explore.js') },
  announcements: { name: 'Announcements', isListed: false, load: () => import('./announcements.js') },
  service: { name: 'Service', isListed: false, load: () => import('./service.js') },
};

/** A view's component. @throws Error when its chunk cannot be loaded */
export async function loadView(view: LaterView | 'overview'): Promise<FunctionComponent | undefined> {
  return view === 'overview' ? undefined : (await VIEWS[view].load()).View;
}
