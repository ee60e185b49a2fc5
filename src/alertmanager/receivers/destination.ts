// Where a receiver's messages go, as people may see it: paths and parameters of webhooks are secrets.

import type { SecretSource } from '../../model/secret.js';

/** `https://hooks.slack.com`, or why that is not known. */
export function originOf(url: SecretSource): string {
  let text: string;
  try {
    text = url.reveal();
  } catch {
    return 'the URL of a file that cannot be read';
  }
  return URL.canParse(text) ? new URL(text).origin : 'a URL that a template makes';
}
