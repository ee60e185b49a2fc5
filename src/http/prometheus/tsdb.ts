// GET /api/v1/status/tsdb: where the series come from. Counted by queries on request, not continuously.

import { z } from 'zod';
import { METRIC_NAME } from '../../model/labels.js';
import { wholeOf } from '../../query/chunked-answer.js';
import { type ApiAnswer, type QueryEngine, QueryError, type SamplesStatus } from '../../query/engine.js';
import type { ApiContext } from '../context.js';
import { endpoint, type PrometheusRequest } from './endpoint.js';
import { plain } from './envelope.js';
import { describe, optionalNumber } from './parameters.js';

const DEFAULT_LIMIT = 10;
/** Prometheus' own limit. */
const MAX_LIMIT = 10_000;

const counts = z.array(z.object({ name: z.string(), value: z.number() }));

export const tsdb = endpoint({
  path: 'status/tsdb',
  summary: 'Metrics and labels with the most series right now',
  query: () => z.object({ limit: describe.limit('How many of each; 10 unless said') }),
  data: () =>
    z.object({
      headStats: z.object({
        numSeries: z.number(),
        numLabelPairs: z.number(),
        chunkCount: z.number().describe('Always 0: chunks are in the database, not in memory'),
        minTime: z.number().describe('Milliseconds'),
        maxTime: z.number().describe('Milliseconds'),
      }),
      seriesCountByMetricName: counts,
      labelValueCountByLabelName: counts,
      memoryInBytesByLabelName: counts,
      seriesCountByLabelValuePair: counts,
    }),
  async handle(request, { query, prometheus }: Pick<ApiContext, 'query' | 'prometheus'>) {
    const limit = optionalLimit(request);
    const status = prometheus.samples();
    // A remote engine's series are not ours to count.
    const labels = status ? await countAll(query, request) : [];
    return plain({ headStats: headStats(status, labels, request.now), ...rankings(labels, limit) });
  },
});

function optionalLimit({ form }: PrometheusRequest): number {
  if (form.first('limit') === '') return DEFAULT_LIMIT;
  const limit = optionalNumber(form, 'limit') ?? 0;
  if (limit < 1) throw new QueryError('bad_data', 'limit must be a positive number');
  if (limit > MAX_LIMIT) throw new QueryError('bad_data', `limit must not exceed ${MAX_LIMIT}`);
  return limit;
}

interface Count {
  readonly name: string;
  readonly value: number;
}

/** A label and how many series each of its values has. */
interface LabelCount {
  readonly label: string;
  readonly values: readonly Count[];
}

/** One question for each label, so that no answer is as long as the list of series. */
async function countAll(engine: QueryEngine, { now, signal }: PrometheusRequest): Promise<LabelCount[]> {
  const bounds = { start: now, end: now };
  const { data } = await engine.answer({ type: 'labels', match: [], ...bounds }, { signal });
  const found: LabelCount[] = [];
  for (const label of JSON.parse(await textOf(data)) as string[]) {
    const query = `count by (${JSON.stringify(label)}) ({${METRIC_NAME}!="",${JSON.stringify(label)}!=""})`;
    const answer = await engine.answer({ type: 'query', query, time: now }, { signal });
    found.push({ label, values: countsOf(label, await textOf(answer.data)) });
  }
  return found;
}

function countsOf(label: string, data: string): Count[] {
  const { result } = JSON.parse(data) as {
    result: { metric: Record<string, string>; value: [number, string] }[];
  };
  return result.map(({ metric, value }) => ({ name: metric[label] ?? '', value: Number(value[1]) }));
}

async function textOf(data: ApiAnswer['data']): Promise<string> {
  return (await wholeOf(data)).toString('utf8');
}

function headStats(status: SamplesStatus | undefined, labels: readonly LabelCount[], now: number) {
  return {
    numSeries: status?.series ?? 0,
    numLabelPairs: labels.reduce((sum, { values }) => sum + values.length, 0),
    chunkCount: 0,
    minTime: status?.oldest ?? now,
    maxTime: now,
  };
}

function rankings(labels: readonly LabelCount[], limit: number) {
  const top = (list: readonly Count[]) => [...list].sort((a, b) => b.value - a.value).slice(0, limit);
  const size = ({ values }: LabelCount) =>
    values.reduce((sum, { name, value }) => sum + Buffer.byteLength(name) * value, 0);
  return {
    seriesCountByMetricName: top(labels.find(({ label }) => label === METRIC_NAME)?.values ?? []),
    labelValueCountByLabelName: top(
      labels.map(({ label, values }) => ({ name: label, value: values.length })),
    ),
    memoryInBytesByLabelName: top(labels.map(each => ({ name: each.label, value: size(each) }))),
    seriesCountByLabelValuePair: top(
      labels.flatMap(({ label, values }) =>
        values.map(({ name, value }) => ({ name: `${label}=${name}`, value })),
      ),
    ),
  };
}
