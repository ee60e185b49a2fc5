// Readers of the two formats, as strict as a scraper may be.

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/** The samples of a text in Prometheus' text format, in an order of their own. @throws at a line that is none */
export function samplesOf(text: string): Sample[] {
  return text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(parseSample)
    .sort((a, b) => key(a).localeCompare(key(b)));
}

/** Who a sample is. */
export function key({ name, labels }: Sample): string {
  return name + JSON.stringify(Object.entries(labels).sort());
}

function parseSample(line: string): Sample {
  const match = SAMPLE.exec(line);
  if (!match) throw new Error(`no sample: ${line}`);
  const pairs = [...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [
    name,
    (value as string).replace(/\\([\\"n])/g, (_, c: string) => (c === 'n' ? '\n' : c)),
  ]);
  const value = Number((match[3] as string).replace('Inf', 'Infinity'));
  if (Number.isNaN(value) && !/^NaN$/i.test(match[3] as string)) throw new Error(`no value: ${line}`);
  return { name: match[1] as string, labels: Object.fromEntries(pairs), value };
}

/** Types by family of an OpenMetrics text. @throws at the first thing OpenMetrics 1.0 forbids */
export function checkOpenMetrics(text: string): Map<string, string> {
  if (!text.endsWith('# EOF\n')) throw new Error('does not end with # EOF');
  const types = new Map<string, string>();
  const seen = new Set<string>();
  let family = '';
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const meta = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (meta?.[1] === 'HELP') {
      if (types.has(meta[2] as string)) throw new Error(`family twice: ${line}`);
      if (/(^|[^\\])(\\\\)*(\\[^\\n"]|")/.test(meta[3] as string))
        throw new Error(`help not escaped: ${line}`);
      family = meta[2] as string;
    } else if (meta) {
      if (meta[2] !== family) throw new Error(`type of another family: ${line}`);
      types.set(family, meta[3] as string);
    } else {
      const sample = parseSample(line);
      const type = types.get(family) as string;
      if (!(SUFFIXES[type] ?? ['']).some(suffix => sample.name === family + suffix))
        throw new Error(`not of ${type} ${family}: ${line}`);
      if (seen.has(key(sample))) throw new Error(`sample twice: ${line}`);
      if (
        type === 'histogram' &&
        sample.labels.le !== undefined &&
        !/^(\d+\.\d+|\+Inf)$/.test(sample.labels.le)
      )
        throw new Error(`bound that is no float: ${line}`);
      seen.add(key(sample));
    }
  }
  return types;
}
