// Keys of `remote_write` that Prometheus has and the monitor has not: refused by name, so that a user does not take them for
// misspelt.

/** What to do about an option of `<http_config>` that is not supported. */
export const HTTP_INSTEAD = 'send to a proxy of your own that adds it, such as vmagent or HAProxy';

/** Reasons for refusing keys, by key. */
export const KEYS_ELSEWHERE: ReadonlyMap<string, string> = new Map(
  ['sigv4', 'azuread', 'google_iam'].map(key => [
    key,
    `${key} is a way to authenticate of Prometheus that is not supported; ${HTTP_INSTEAD}`,
  ]),
);
