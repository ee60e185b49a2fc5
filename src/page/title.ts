// The page's title: the state first, since a tab shows little of it.

import type { ViewName } from './place.js';
import { VIEWS } from './views/catalogue.js';
import { sentence } from './words.js';

/** `Degraded · Incidents · cluster` */
export function titleOf(status: string, view: ViewName, title: string): string {
  return [sentence(status), ...(view === 'overview' ? [] : [VIEWS[view].name]), title].join(' · ');
}
