// The keys `generate` and `embed` of services that have models.

import type { z } from 'zod';
import type { SchemaKit } from '../../config/schema-kit.js';

const INTERVAL = 300_000;
const GENERATE_TIMEOUT = 60_000;
const EMBED_TIMEOUT = 30_000;
export const DEFAULT_PROMPT = 'Say hello.';
const DEFAULT_INPUT = 'hello';
const MAX_TOKENS = 16;

function commonKeys({ about, duration, flag, ofType, words, z }: SchemaKit, timeout: number, models: string) {
  return {
    models: about(
      z
        .array(words(), { error: 'expected a list of names of models' })
        .min(1, 'name at least one model')
        .optional(),
      'Models that are asked, one after the other.',
      { example: ['llama3.2:3b'], fallback: models },
    ),
    interval: about(
      duration(1000).default(INTERVAL),
      'Time between two questions to a model; after a failure it is asked again within 30s, up to three times.',
    ),
    timeout: about(duration(100).default(timeout), 'How long an answer may take.'),
    load: about(
      flag().default(false),
      'Ask a model that is not in memory too, which loads it and may push another one out.',
    ),
    body: about(
      ofType(
        'section',
        { type: 'object' },
        z.record(z.string(), z.unknown(), { error: 'expected fields of the request' }).optional(),
      ),
      'Further fields of the request; null takes one out.',
      { example: { temperature: 0 } },
    ),
  };
}

/** The keys of `generate`. @param models which models are asked where none is named */
export function generateKeys(schemaKit: SchemaKit, models: string) {
  const { about, count, goRegexp, words } = schemaKit;
  return {
    ...commonKeys(schemaKit, GENERATE_TIMEOUT, models),
    prompt: about(words().default(DEFAULT_PROMPT), 'What the model is asked.'),
    max_tokens: about(count(1, 4096).default(MAX_TOKENS), 'Most tokens of the answer.'),
    expect: about(
      goRegexp().optional(),
      "A regular expression in RE2's syntax that must match the answer's text; without one any text will do.",
      { example: '(?i)hello' },
    ),
  };
}

/** The keys of `embed`. @param models which models are asked where none is named */
export function embedKeys(schemaKit: SchemaKit, models: string) {
  const { about, count, words } = schemaKit;
  return {
    ...commonKeys(schemaKit, EMBED_TIMEOUT, models),
    input: about(words().default(DEFAULT_INPUT), 'The text whose vector is asked for.'),
    dimensions: about(
      count(1).optional(),
      'Length that the vector must have; without it, the length that the first one has.',
      { example: 768 },
    ),
  };
}

type Keys<Make extends (...given: never[]) => z.ZodRawShape> = z.output<z.ZodObject<ReturnType<Make>>>;
export type GenerateOptions = Keys<typeof generateKeys>;
export type EmbedOptions = Keys<typeof embedKeys>;

/** A request's body with the further fields that the user wants. */
export function withFields(body: object, fields: Readonly<Record<string, unknown>> | undefined): string {
  const all = Object.entries({ ...body, ...fields }).filter(([, value]) => value !== null);
  return JSON.stringify(Object.fromEntries(all));
}
