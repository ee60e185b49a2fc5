// Which silences are about a service. Pure.

/** An entry of `/api/v2/silences`. */
export interface Silence {
  readonly id: string;
  readonly matchers: readonly {
    readonly name: string;
    readonly value: string;
    readonly isRegex: boolean;
    readonly isEqual: boolean;
  }[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly status: { readonly state: 'active' | 'pending' | 'expired' };
}

/**
 * Whether a silence names the service. A regular expression counts where it is a choice of names: others are
 * Alertmanager's to judge, and may cost a browser any time.
 */
export function covers({ matchers }: Silence, id: string): boolean {
  const about = matchers.filter(({ name }) => name === 'target');
  return (
    about.length > 0 &&
    about.every(({ value, isRegex, isEqual }) => {
      const names = isRegex ? value.replace(/^\(\?:(.*)\)$|^\((.*)\)$/, '$1$2').split('|') : [value];
      return names.includes(id) === (isEqual ?? true);
    })
  );
}
