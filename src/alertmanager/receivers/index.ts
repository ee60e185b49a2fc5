// The catalogue of receivers: a new kind is a file beside this and a line here.

import { discord } from './discord.js';
import { email } from './email.js';
import { pagerduty } from './pagerduty.js';
import type { ReceiverKind } from './receiver.js';
import { slack } from './slack.js';
import { telegram } from './telegram.js';
import { webhook } from './webhook.js';

export const receiverKinds: readonly ReceiverKind[] = [
  email,
  slack,
  discord,
  webhook,
  pagerduty,
  telegram,
] as ReceiverKind[];
