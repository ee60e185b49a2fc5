// The overview, from the top: how it is, what is wrong, the services, what they stand on, what was.

import { useModel } from '../model.js';
import { AlertList } from './alerts.js';
import { useColumns } from './columns.js';
import { FirstRun } from './first-run.js';
import { Incidents } from './incidents.js';
import { News } from './news.js';
import { Resources } from './resources.js';
import { Services } from './services.js';
import { StatusLine } from './status-line.js';

export function Overview() {
  const { about } = useModel();
  const columns = useColumns();
  return (
    <>
      {about.description === undefined ? null : (
        <p class="description" dir="auto">
          {about.description}
        </p>
      )}
      <StatusLine />
      <News />
      <FirstRun />
      <AlertList />
      <div class={columns.value}>
        <Services />
        {about.readOnly ? null : <Resources />}
      </div>
      <Incidents />
    </>
  );
}
