// Appends scrapes to a sample store and runs its maintenance until it is killed; prints the number of each scrape that was
// stored. A process of its own for the store's tests: node writer.mjs DIST FILE FIRST [target]

const [dist, file, first, stream] = process.argv.slice(2);
const { SampleStore } = await import(`${dist}/tsdb/store.js`);
const store = new SampleStore({ file, retention: 1e15, log: () => {} });
const series = Array.from({ length: 40 }, (_, i) => ['__name__', 'n', 'i', String(i)]);
for (let n = Number(first); ; n++) {
  const part = { source: 's', values: new Float64Array(40).fill(n) };
  const scrape = {
    at: n * 1000,
    parts: [n === Number(first) ? { ...part, layout: { series } } : part],
    gone: [],
  };
  if (stream) store.appendStreams([{ stream, ...scrape }]);
  else store.append(scrape);
  if (store.stats().problem === undefined) process.stdout.write(`${n}\n`);
  store.maintain(performance.now() + 1);
  if (n % 20 === 0) await new Promise(resolve => setImmediate(resolve));
}
