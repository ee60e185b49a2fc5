// Keys of alertmanager.yml that newer Alertmanagers have and this reader does not follow: they are refused by name, so
// that a user does not take them for misspelt. Source: Alertmanager, "Configuration" and its changelog.

/** The version whose keys are read. */
const FOLLOWED = '0.31';

/** By section: the key, and the version it came with where that is known. */
const NEWER = {
  '': { tracing: undefined },
  route: { labels: '0.34' },
  receiver: { labels: '0.33' },
  webhook_configs: { payload: '0.32' },
  slack_configs: { update_message: '0.32' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;

/** Reasons for refusing the newer keys of a section, by key. */
export function newerKeys(section: keyof typeof NEWER): ReadonlyMap<string, string> {
  return new Map(
    Object.entries<string | undefined>(NEWER[section]).map(([key, version]) => {
      const name = section === '' ? key : `${section}.${key}`;
      const origin = version === undefined ? 'a newer Alertmanager' : `Alertmanager ${version}`;
      return [
        key,
        `${name} is of ${origin} and not supported, the keys of ${FOLLOWED} are; leave it out, or run Alertmanager and name it in alerting.alertmanagers`,
      ];
    }),
  );
}
