// Which view the page shows: the part of its address below the monitor's own. Pure: the server reads it as the browser.

/** A view's name, as it stands in its address: `ui/alerts`. The overview has the monitor's own address. */
export type ViewName = 'overview' | LaterView;
/** Views that are loaded when they are shown first. A new one is a module in views/ and a line in views/catalogue.ts. */
export type LaterView =
  | 'alerts'
  | 'announcements'
  | 'capacity'
  | 'explore'
  | 'haproxy'
  | 'incidents'
  | 'node'
  | 'reports'
  | 'service'
  | 'silences'
  | 'targets';

export interface Place {
  readonly view: ViewName;
  /** What the view is about: a service's id. Absent in views about all. */
  readonly id?: string | undefined;
  /** The query string: empty, or with `?`. What stands in it is the view's own. */
  readonly query: string;
}

const PLAIN_VIEWS: readonly LaterView[] = [
  'alerts',
  'announcements',
  'incidents',
  'silences',
  'reports',
  'capacity',
  'haproxy',
  'node',
  'targets',
  'explore',
];
/** Views about one thing, whose id follows in the address. */
const VIEWS_OF_ONE: readonly LaterView[] = ['service'];

/** Views of a page for the public: they ask nothing but what has a copy below `ui/public/`. */
const PUBLIC_VIEWS: readonly ViewName[] = ['overview', 'incidents', 'haproxy', 'service'];

/** Whether a page has a view. @param isPublic the page is for the public */
export function isOffered(view: ViewName, isPublic: boolean): boolean {
  return !isPublic || PUBLIC_VIEWS.includes(view);
}

/**
 * Reads an address. @param path below the monitor's address, without a slash in front: empty, `ui/alerts`,
 * `ui/service/tools` @param query with or without `?` @returns undefined for what is no view
 */
export function parsePlace(path: string, query: string): Place | undefined {
  const asked = query === '' || query.startsWith('?') ? query : `?${query}`;
  if (path === '') return { view: 'overview', query: asked };
  const [folder, name, id, ...rest] = path.split('/');
  if (folder !== 'ui' || rest.length > 0) return undefined;
  if (id === undefined) {
    const view = PLAIN_VIEWS.find(each => each === name);
    return view && { view, query: asked };
  }
  const view = VIEWS_OF_ONE.find(each => each === name);
  if (view === undefined || id === '') return undefined;
  try {
    return { view, id: decodeURIComponent(id), query: asked };
  } catch {
    return undefined;
  }
}

/** A view's address below the monitor's: empty for the overview, else `ui/...`; its query string follows. */
export function printPlace({ view, id, query }: Omit<Place, 'query'> & { readonly query?: string }): string {
  const path = view === 'overview' ? '' : `ui/${view}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;
  return `${path}${query ?? ''}`;
}

/** What leads from a view to the monitor's address: the page's links are relative, so that a proxy may add a path. */
export function rootOf({ view, id }: Omit<Place, 'query'>): string {
  if (view === 'overview') return './';
  return id === undefined ? '../' : '../../';
}
