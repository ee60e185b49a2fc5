// A value that must never be printed. Comes in from the configuration, goes out only through reveal().

/** Where a secret comes from. `reveal` is called where it is put on the wire; it may read a file and throw. */
export interface SecretSource {
  reveal(): string;
  /** Values that {@link reveal} gave lately and that a text may still repeat, where they may differ from the present one. */
  readonly former?: readonly string[];
}

/**
 * The value of what may be a secret or plain text.
 * @throws Error when it is in a file that cannot be read; its message names the file and the reason
 */
export function revealed(value: string | SecretSource): string {
  return typeof value === 'string' ? value : value.reveal();
}

/** What has to be hidden of a secret in a text. One in a file that cannot be read is only what it was. */
export function hideable(value: string | SecretSource | undefined): string[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  const former = value.former ?? [];
  try {
    return [...new Set([value.reveal(), ...former])];
  } catch {
    return [...former];
  }
}

const HIDDEN = '<secret>';

/** Holds a password or token; every accidental way of printing it shows `<secret>`, as in Prometheus. */
export class Secret implements SecretSource {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself; call it where it is put on the wire and nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

/** Several secrets as one text, joined by commas as HTTP joins the values of a header. */
export class SecretList implements SecretSource {
  readonly secrets: readonly SecretSource[];

  constructor(secrets: readonly SecretSource[]) {
    this.secrets = secrets;
  }

  get former(): readonly string[] {
    return this.secrets.flatMap(secret => secret.former ?? []);
  }

  reveal(): string {
    return this.secrets.map(secret => secret.reveal()).join(', ');
  }
}
