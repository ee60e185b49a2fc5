// The section `endpoints` of the configuration: which services can stand in for each other, and where each is called.
// Comes in: YAML; goes out: candidates by capability.

import { z } from 'zod';
import { about } from '../../config/about.js';
import { didYouMean } from '../../config/did-you-mean.js';
import { httpUrl, section, text } from '../../config/fields.js';
import type { Candidate, EndpointCandidates } from './plan.js';

const CAPABILITY = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const FALLBACK = 'fallback';

/** A base URL, without a slash at the end: paths are put behind it. */
const base = () => httpUrl().transform(url => url.replace(/\/+$/, ''));

export const candidates = z
  .array(
    section({
      service: about(text(), 'Id of the service whose state decides.', { example: 'jetson_ollama' }),
      url: about(base(), 'Where workflows call it.', { example: 'http://127.0.0.1:11434' }),
    }),
    {
      error: 'expected a list of endpoints, each with service and url',
    },
  )
  .min(1, 'name at least one endpoint');

const fallback = z.union([base(), z.record(z.string(), base())], {
  error: 'expected a URL, or a URL for each capability',
});

/** The section's schema. */
export const endpointSection = z
  .record(z.string(), z.unknown(), { error: 'expected endpoints by capability, such as llm' })
  .transform((entries, context): EndpointCandidates => {
    const parse = <T>(schema: z.ZodType<T>, key: string): T | undefined => {
      const result = schema.safeParse(entries[key]);
      if (!result.success)
        for (const { path, message } of result.error.issues)
          for (const line of message.split('\n'))
            context.addIssue({ code: 'custom', path: [key, ...path], message: line });
      return result.data;
    };
    const capabilities = new Map<string, readonly Candidate[]>();
    for (const key of Object.keys(entries).filter(each => each !== FALLBACK)) {
      if (!CAPABILITY.test(key))
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'a capability is named with letters, digits, "_" and "-"',
        });
      capabilities.set(key, parse(candidates, key) ?? []);
    }
    return { capabilities, fallback: fallbacks(parse(fallback.optional(), FALLBACK), capabilities, context) };
  });

function fallbacks(
  given: z.output<typeof fallback> | undefined,
  capabilities: EndpointCandidates['capabilities'],
  context: z.core.$RefinementCtx,
): ReadonlyMap<string, string> {
  const known = [...capabilities.keys()];
  if (given === undefined) return new Map();
  if (typeof given === 'string') return new Map(known.map(each => [each, given]));
  for (const key of Object.keys(given).filter(each => !capabilities.has(each)))
    context.addIssue({
      code: 'custom',
      path: [FALLBACK, key],
      message: `no endpoints for "${key}"${didYouMean(key, known)}`,
    });
  return new Map(Object.entries(given));
}

/** Endpoints of services that are not monitored, each with its place in the section. */
export function unknownServices(
  { capabilities }: EndpointCandidates,
  known: readonly string[],
): { path: (string | number)[]; message: string }[] {
  return [...capabilities].flatMap(([capability, list]) =>
    list.flatMap(({ service }, i) =>
      known.includes(service)
        ? []
        : [
            {
              path: [capability, i, 'service'],
              message: `no service "${service}"${didYouMean(service, known)}`,
            },
          ],
    ),
  );
}
