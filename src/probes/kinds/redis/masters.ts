// The masters a replica follows. Redis has one; KeyDB's active replicas have several, numbered from the second on, each
// with fields of its own (`master_host`, `master_1_host`). Pure; called by record.ts.
// Source: redis_exporter, exporter/info.go; KeyDB, "Active Replication" and INFO.

/** One master as INFO lists it; fields under the names of the first, `slave_repl_offset` among them. */
export type Master = Readonly<Record<string, string>>;

const FIELD = /^master(?:_\d+)?_(host|port|link_status|last_io_seconds_ago|sync_in_progress):(.*)$/;

/** The masters in INFO's text, in its order; each address once. */
export function mastersIn(text: string): Master[] {
  const masters: Record<string, string>[] = [];
  for (const line of text.split('\n')) {
    const [, name, value = ''] = FIELD.exec(line.trimEnd()) ?? [];
    if (name === 'host') masters.push({ host: value });
    else if (name) Object.assign(masters.at(-1) ?? {}, { [name]: value });
    // Its line comes behind each master's own, under one name for all of them.
    else if (line.startsWith('slave_repl_offset:'))
      Object.assign(masters.at(-1) ?? {}, { slave_repl_offset: line.trimEnd().slice(18) });
  }
  const byAddress = new Map(masters.toReversed().map(master => [`${master.host} ${master.port}`, master]));
  return [...byAddress.values()].reverse();
}
