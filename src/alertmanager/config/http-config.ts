// `<http_config>` of alertmanager.yml: how receivers call others.

import type { Decoder, Field } from '../../config/decode.js';
import type { HttpClientConfig } from '../../config/http-client/config.js';
import { readHttpConfig as read } from '../../config/http-client/read-config.js';

/** What to do about an option that is not supported. */
const INSTEAD = 'run Alertmanager, which has it, and name it in alerting.alertmanagers';

/** Reads an `<http_config>`, which takes the place of the inherited one as a whole. */
export function readHttpConfig(decoder: Decoder, node: Field, inherited: HttpClientConfig): HttpClientConfig {
  return read(decoder, node, inherited, INSTEAD);
}
