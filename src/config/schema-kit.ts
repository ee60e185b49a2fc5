// Everything a schema is written with, in one value. Probe kinds are handed it rather than import it: the thread that
// makes the checks loads the kinds as well, and 8 MB of validator have nothing to do there.

import { z } from 'zod';
import { about, ofType } from './about.js';
import * as fields from './fields.js';
import * as httpClient from './http-client/config.js';
import { ipProtocolShape } from './ip-protocol.js';

export const schemaKit = { z, about, ofType, ...fields, ...httpClient, ipProtocolShape };
export type SchemaKit = typeof schemaKit;
