// The page's title: the state first, since a tab shows little of it.

import type { Model } from './model.js';
import { VIEWS } from './views/catalogue.js';
import { sentence } from './words.js';

/** `Degraded · Incidents · cluster`, `Healthy · Tools Server · cluster` */
export function titleOf(status: string, model: Model): string {
  return [sentence(status), nameOf(model), model.about.title].filter(part => part !== '').join(' · ');
}

/** What a view is about; empty for the overview. */
function nameOf(model: Model): string {
  const { view, id } = model.place.value;
  if (view === 'overview') return '';
  if (id === undefined) return VIEWS[view].name;
  return model.name(id) ?? (model.isReadOnly ? VIEWS[view].name : id);
}
