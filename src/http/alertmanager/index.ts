// The catalogue of Alertmanager's API: a new endpoint is a file beside this and a line here.

import { alertGroups } from './alert-groups.js';
import { alertNotifications } from './alert-notifications.js';
import type { AlertmanagerEndpoint } from './endpoint.js';
import { getAlerts } from './get-alerts.js';
import { getSilences } from './get-silences.js';
import { postAlerts } from './post-alerts.js';
import { postSilence } from './post-silence.js';
import { receivers } from './receivers.js';
import { deleteSilence, getSilence } from './silence.js';
import { silencePreview } from './silence-preview.js';
import { status } from './status.js';
import { testReceiverEndpoint } from './test-receiver.js';

export const endpoints: readonly AlertmanagerEndpoint[] = [
  status,
  receivers,
  testReceiverEndpoint,
  getAlerts,
  postAlerts,
  alertGroups,
  alertNotifications,
  getSilences,
  postSilence,
  silencePreview,
  getSilence,
  deleteSilence,
];
