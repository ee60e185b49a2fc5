// The overview, from the top: how it is, what is wrong, the services, what they stand on, what was.

import { AlertList } from './alerts.js';
import { Incidents } from './incidents.js';
import { Resources } from './resources.js';
import { Services } from './services.js';
import { StatusLine } from './status-line.js';

export function Overview() {
  return (
    <>
      <StatusLine />
      <AlertList />
      <Services />
      <Resources />
      <Incidents />
    </>
  );
}
