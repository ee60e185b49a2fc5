// /etc/hosts: addresses of names that need no name server. Source: hosts(5).

import { type Address, literalAddress } from './address.js';
import { RereadFile } from './reread-file.js';

/** Names remembered of one version of the file. */
const MAX_NAMES = 10_000;

/** Answers names from a hosts file as it is at the moment. */
export class HostsFile {
  // A blocking list has a hundred thousand lines: the names asked for are kept, not the file.
  readonly #names: RereadFile<Map<string, readonly Address[]>>;

  constructor(path: string) {
    this.#names = new RereadFile(path, () => new Map());
  }

  /** Every address of a name, given in lower case, in the file's order; none when the name is not in it. */
  addressesOf(name: string): readonly Address[] {
    const names = this.#names.value;
    let found = names.get(name);
    if (!found) {
      found = find(this.#names.read(), name);
      if (names.size < MAX_NAMES) names.set(name, found);
    }
    return found;
  }
}

function find(text: string, name: string): Address[] {
  const found: Address[] = [];
  for (const line of text.split('\n')) {
    const [first = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (!names.some(each => each.toLowerCase() === name)) continue;
    const address = literalAddress(first);
    if (address) found.push(address);
  }
  return found;
}
