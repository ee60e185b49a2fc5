// In: a folder with the data of the Numenta Anomaly Benchmark, which is not part of this project: `windows.json` and
// `data/FOLDER/NAME.csv`. Out: series with their records and labelled windows.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Missing } from './children.mjs';

/** Where it is looked for unless NAB_DATA says otherwise. */
const BESIDE = fileURLToPath(new URL('../../../../shared/nab', import.meta.url));

/**
 * Times in seconds, UTC. `times` are of all records, `records` those that are later than the one before, as a store takes
 * them. @returns {{name: string, times: number[], records: [number, string][], windows: [number, number][]}[]}
 * @throws Missing without the data
 */
export function nabSeries() {
  const folder = process.env.NAB_DATA || BESIDE;
  const labels = join(folder, 'windows.json');
  if (!existsSync(labels))
    throw new Missing(`${labels} is not there; name the benchmark's folder in NAB_DATA`, 'no data');
  const windows = JSON.parse(readFileSync(labels, 'utf8'));
  return Object.entries(windows).map(([name, spans]) => {
    const all = recordsOf(readFileSync(join(folder, 'data', name), 'utf8'));
    return {
      name,
      times: all.map(([at]) => at),
      records: all.filter(([at], i) => i === 0 || at > all[i - 1][0]),
      windows: spans.map(span => span.map(seconds)),
    };
  });
}

/** In the order of time; of several at one time the first comes first. */
function recordsOf(csv) {
  const lines = csv.trim().split('\n').slice(1);
  const records = lines.map(line => {
    const [time, value] = line.trim().split(',');
    return [seconds(time), value];
  });
  return records.sort(([a], [b]) => a - b);
}

function seconds(text) {
  return Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`) / 1000;
}
