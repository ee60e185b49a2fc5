// The part of the package `pg` that is used; it has no types of its own.

declare module 'pg' {
  /** Rows of one statement. */
  interface Result {
    readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[];
  }

  export class Client {
    constructor(options: object);
    connect(): Promise<unknown>;
    /** Of several statements one result each. */
    query(text: string): Promise<Result | readonly Result[]>;
    on(event: 'error', listener: (error: Error) => void): this;
  }
}
