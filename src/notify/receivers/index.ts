// The catalogue of receivers: a new kind is a file beside this and a line here.

import type { ReceiverKind } from '../receiver.js';
import { webhook } from './webhook.js';

export const receiverKinds: readonly ReceiverKind[] = [webhook as ReceiverKind];
