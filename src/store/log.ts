// How what is stored writes to the program's log.

export type StoreLog = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: Record<string, unknown>,
) => void;
