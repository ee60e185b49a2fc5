// A bounded queue in which one client's crowd does not keep another client waiting.

/**
 * Items by client and, below it, by name. Clients take turns, and so do the names of one client; items of one name keep
 * their order.
 */
export class FairQueue<Item> {
  readonly #clients = new Map<string, Map<string, Item[]>>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(client: string, name: string, item: Item): void {
    const names = this.#clients.get(client) ?? new Map<string, Item[]>();
    this.#clients.set(client, names);
    const items = names.get(name) ?? [];
    names.set(name, items);
    items.push(item);
    this.#length++;
  }

  /** Takes out the item whose turn it is; undefined when there is none. */
  shift(): Item | undefined {
    const [client, names] = this.#clients.entries().next().value ?? [];
    if (client === undefined || !names) return undefined;
    const [name, items] = names.entries().next().value as [string, Item[]];
    const item = items.shift();
    this.#length--;
    // What is left waits behind the others: a map keeps the order of insertion.
    names.delete(name);
    if (items.length > 0) names.set(name, items);
    this.#clients.delete(client);
    if (names.size > 0) this.#clients.set(client, names);
    return item;
  }

  /** Takes out the newest item of the longest line, which is that of the client with the most items. */
  dropFromLongest(): Item | undefined {
    const total = (names: ReadonlyMap<string, readonly Item[]>) =>
      [...names.values()].reduce((sum, items) => sum + items.length, 0);
    const [client, names] = longest(this.#clients, total) ?? [];
    const [name, items] = (names && longest(names, each => each.length)) ?? [];
    if (client === undefined || !names || name === undefined || !items) return undefined;
    const item = items.pop();
    this.#length--;
    if (items.length === 0) names.delete(name);
    if (names.size === 0) this.#clients.delete(client);
    return item;
  }
}

function longest<Value>(
  entries: ReadonlyMap<string, Value>,
  size: (value: Value) => number,
): [string, Value] | undefined {
  let found: [string, Value] | undefined;
  for (const entry of entries) if (!found || size(entry[1]) > size(found[1])) found = entry;
  return found;
}
