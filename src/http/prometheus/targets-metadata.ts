// GET /api/v1/targets/metadata: what metrics are about, target by target.

import { z } from 'zod';
import { Labels } from '../../model/labels.js';
import type { LabelMatcher } from '../../model/samples.js';
import { ParseError } from '../../promql/error.js';
import { parseSelector } from '../../promql/parse.js';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';
import type { Form } from './form.js';
import { ownMetadata } from './own-metadata.js';
import { describe, invalid, optionalNumber } from './parameters.js';
import { labelSet } from './shapes.js';

export const targetsMetadata = endpoint({
  path: 'targets/metadata',
  summary: 'Type, help and unit of metrics by target',
  query: () =>
    z.object({
      match_target: describe.text('A selector of targets; all unless said', '{job="langgraph-monitor"}'),
      metric: describe.text('Only this metric', 'monitor_service_up'),
      limit: describe.limit('How many entries there may be'),
    }),
  data: () =>
    z.array(
      z.object({
        target: labelSet,
        metric: z.string().optional(),
        type: z.string(),
        help: z.string(),
        unit: z.string(),
      }),
    ),
  async handle({ form, signal }, { query, prometheus }: Pick<ApiContext, 'query' | 'prometheus'>) {
    const limit = optionalNumber(form, 'limit') ?? -1;
    const matchers = matchersOf(form);
    const target = prometheus.target()?.labels;
    const metric = form.first('metric');
    const isOwn = target !== undefined && isMatched(target, matchers);
    const own = isOwn ? Object.entries(await ownMetadata(query, metric, signal)) : [];
    const scraped = (await prometheus.scraped.metadata()).filter(
      each => (metric === '' || each.metric === metric) && isMatched(Labels.of(each.target.labels), matchers),
    );
    const entries = [
      ...own.flatMap(([name, each]) => each.map(one => ({ target, metric: name, ...one }))),
      ...scraped.map(({ target: { labels }, metric: name, type, help, unit }) => ({
        ...{ target: labels, metric: name, type, help, unit },
      })),
    ].map(({ metric: name, ...rest }) => (metric === '' ? { metric: name, ...rest } : rest));
    return plain(limit < 0 ? entries : entries.slice(0, limit));
  },
});

function matchersOf(form: Form): readonly LabelMatcher[] {
  const text = form.first('match_target');
  try {
    return text === '' ? [] : parseSelector(text);
  } catch (error) {
    throw error instanceof ParseError ? invalid('match_target', error.message) : error;
  }
}

function isMatched(labels: Labels, matchers: readonly LabelMatcher[]): boolean {
  return matchers.every(matcher => matcher.matches(labels.get(matcher.name)));
}
