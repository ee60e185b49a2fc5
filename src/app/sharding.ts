// Several monitors with one configuration share its services and scrape targets. Comes in: which of them this one is; goes out:
// its part.

import { about } from '../config/about.js';
import { count, section } from '../config/fields.js';
import type { Service, Shard } from '../model/service.js';
import { DEFAULT_RELABEL_CONFIG, type RelabelConfig } from '../relabel/config.js';
import { hashModulo } from '../relabel/hash-modulo.js';
import type { ScrapeJob } from '../scrape/config/definition.js';

/** More of them would each have next to nothing to do. */
const MAX_SHARDS = 1000;

export const shardSection = section({
  index: about(count(0, MAX_SHARDS - 1), 'Which of them this monitor is, from 0.', { example: 0 }),
  of: about(count(1, MAX_SHARDS), 'How many there are.', { example: 4 }),
}).superRefine(({ index, of }, context) => {
  if (index < of || of < 1) return;
  const message = `${index} is none of ${of}: the first is 0, the last ${of - 1}`;
  context.addIssue({ code: 'custom', path: ['index'], message });
});

/** The shard that checks a service: the same in every monitor, whatever other services there are. */
export function shardOf(id: string, of: number): Shard {
  return { index: hashModulo(id, of), of };
}

/** What a service has where several monitors share the services; nothing where one has all. */
export function shardFields(id: string, own: Shard | undefined): Pick<Service, 'shard' | 'isElsewhere'> {
  if (!own) return {};
  const shard = shardOf(id, own.of);
  return shard.index === own.index ? { shard } : { shard, isElsewhere: true };
}

const HASH = '__tmp_shard';

/** A job with the targets of this shard alone, as two last steps of its `relabel_configs` would keep them. */
export function jobOfShard(job: ScrapeJob, { index, of }: Shard): ScrapeJob {
  const usual = { ...DEFAULT_RELABEL_CONFIG, nameValidation: job.options.nameValidation };
  const hash: RelabelConfig = {
    ...{ ...usual, action: 'hashmod', modulus: of },
    ...{ sourceLabels: ['__address__'], targetLabel: HASH },
  };
  const keep: RelabelConfig = { ...usual, action: 'keep', sourceLabels: [HASH], regex: String(index) };
  return { ...job, relabelConfigs: [...job.relabelConfigs, hash, keep] };
}
