// Appends COUNT scans to a store, unless it is killed before, and prints the number of each one that was stored. A process
// of its own for the store's tests: node writer.mjs DIST FILE FIRST COUNT

const [dist, file, first, count] = process.argv.slice(2);
const { Store } = await import(`${dist}/store/store.js`);
const store = new Store({ file, retention: 1e12, log: () => {} });
for (let at = Number(first); at < Number(first) + Number(count); at++) {
  store.append({ at, entry: JSON.stringify({ at, filler: 'x'.repeat(500) }) });
  if (store.problem === undefined) process.stdout.write(`${at}\n`);
  await new Promise(resolve => setImmediate(resolve));
}
store.close();
