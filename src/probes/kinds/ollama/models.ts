// Ollama's lists of models: what is on the disk and what is in memory. Pure; called by the ollama probe.
// Source: Ollama, docs/api.md, "List Local Models" and "List Running Models".

import { type JsonObject, numberOf, objectOf, wordOf } from '../http/json-fields.js';

/** A model as /api/tags lists it; bytes. */
export interface Model {
  readonly name: string;
  readonly size: number;
  readonly family: string;
  readonly parameterSize: string;
  readonly quantization: string;
  readonly digest: string;
}

/** A model in memory as /api/ps lists it; bytes and Unix seconds, NaN for what it does not say. */
export interface LoadedModel {
  readonly vram: number;
  readonly expires: number;
  /** Tokens; NaN where an older server does not say. */
  readonly contextLength: number;
}

const MAX_NAME_LENGTH = 256;

/** The models of an answer of /api/tags by name; undefined when it is no such answer. */
export function modelsIn(body: unknown): Map<string, Model> | undefined {
  const entries = entriesOf(body);
  if (!entries) return undefined;
  const models = new Map<string, Model>();
  for (const entry of entries) {
    const name = nameOf(entry);
    if (!name || name.length > MAX_NAME_LENGTH || models.has(name)) continue;
    const details = objectOf(entry.details);
    models.set(name, {
      name,
      size: numberOf(entry.size),
      family: wordOf(details.family),
      parameterSize: wordOf(details.parameter_size),
      quantization: wordOf(details.quantization_level),
      digest: wordOf(entry.digest).slice(0, 12),
    });
  }
  return models;
}

/** The models of an answer of /api/ps by name; undefined when it is no such answer. */
export function loadedIn(body: unknown): Map<string, LoadedModel> | undefined {
  const entries = entriesOf(body);
  if (!entries) return undefined;
  const loaded = new Map<string, LoadedModel>();
  for (const entry of entries) {
    const name = nameOf(entry);
    if (name)
      loaded.set(name, {
        vram: numberOf(entry.size_vram),
        expires: momentOf(entry.expires_at),
        contextLength: numberOf(entry.context_length),
      });
  }
  return loaded;
}

/** A model's full name: without a tag, Ollama means `:latest`. The part behind the last slash holds the tag. */
export function withTag(name: string): string {
  return name.includes(':', name.lastIndexOf('/') + 1) ? name : `${name}:latest`;
}

/**
 * A name as Ollama compares it: without regard to case, and `registry.ollama.ai/library/llama3:latest` is `llama3`.
 * Source: Ollama, types/model/name.go, ParseName and EqualFold.
 */
export function comparedName(name: string): string {
  const full = withTag(name.replace(/^https?:\/\//i, '')).toLowerCase();
  const local = full.replace(/^registry\.ollama\.ai\/(?=[^/]+\/[^/]+$)/, '');
  return local.replace(/^library\/(?=[^/]+$)/, '');
}

function entriesOf(body: unknown): JsonObject[] | undefined {
  const { models } = objectOf(body);
  // A server without a model may say null.
  if (models === null) return [];
  return Array.isArray(models) ? models.map(objectOf) : undefined;
}

function nameOf({ name, model }: JsonObject): string {
  return wordOf(name) || wordOf(model);
}

/** Unix seconds; NaN for none, which Go writes as the year 1. */
function momentOf(value: unknown): number {
  const at = Date.parse(wordOf(value)) / 1000;
  return at > 0 ? at : Number.NaN;
}
