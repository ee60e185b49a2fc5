// Secrets where they are put on the wire.

import type { SecretSource } from '../../../model/secret.js';
import { DeliveryError } from '../receiver.js';

/** @throws DeliveryError when it is in a file that cannot be read now; it may be there the next time */
export function reveal(integration: string, secret: SecretSource): string {
  try {
    return secret.reveal();
  } catch (error) {
    throw new DeliveryError(`${integration}: ${(error as Error).message}`);
  }
}
