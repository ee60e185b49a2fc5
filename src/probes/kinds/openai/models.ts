// The list of models in OpenAI's form, with what servers that speak it add to an entry. Pure; called by the openai probe.
// Sources: OpenAI, API reference, "List models"; vLLM and SGLang (max_model_len); llama.cpp, tools/server/README.md (meta,
// status); LM Studio, REST API (max_context_length, state); OpenRouter (context_length); Groq (context_window);
// text-embeddings-inference, docs/openapi.json, "Info" (model_id, max_input_length).

import { type JsonObject, numberOf, objectOf, wordOf } from '../http/json-fields.js';

/** A model as the server lists it. */
export interface ListedModel {
  readonly id: string;
  /** Mostly the name of the server's program: `vllm`, `llamacpp`, `sglang`; '' where it is not said. */
  readonly ownedBy: string;
  /** Longest context, in tokens; NaN where it is not said. */
  readonly contextLength: number;
  /** Undefined where it is not said. */
  readonly isLoaded: boolean | undefined;
}

const MAX_ID_LENGTH = 256;

/** The models of an answer of /v1/models by id; undefined when it is no such answer. */
export function listedModels(body: unknown): Map<string, ListedModel> | undefined {
  // Some servers list them without the object around them.
  const entries = Array.isArray(body) ? body : objectOf(body).data;
  // Written in Go, a server without a model says null.
  if (entries === null) return new Map();
  if (!Array.isArray(entries)) return undefined;
  const models = new Map<string, ListedModel>();
  for (const entry of entries.map(objectOf)) {
    const id = wordOf(entry.id);
    if (!id || id.length > MAX_ID_LENGTH || models.has(id)) continue;
    models.set(id, {
      id,
      ownedBy: wordOf(entry.owned_by),
      contextLength: contextLengthOf(entry),
      isLoaded: isLoaded(entry),
    });
  }
  return models;
}

/** The one model of an answer of /info, for a server that speaks OpenAI's API and lists no models; undefined when it is no such answer. */
export function describedModel(body: unknown): Map<string, ListedModel> | undefined {
  const { model_id, max_input_length } = objectOf(body);
  const id = wordOf(model_id);
  if (!id || id.length > MAX_ID_LENGTH) return undefined;
  const contextLength = numberOf(max_input_length);
  return new Map([[id, { id, ownedBy: '', contextLength, isLoaded: undefined }]]);
}

function contextLengthOf(entry: JsonObject): number {
  const { n_ctx, n_ctx_train } = objectOf(entry.meta);
  const known = [
    entry.max_model_len,
    entry.context_length,
    entry.context_window,
    entry.max_context_length,
    n_ctx,
    n_ctx_train,
  ];
  return numberOf(known.find(each => typeof each === 'number' && each > 0));
}

/** llama.cpp's router and LM Studio say so. */
function isLoaded({ status, state }: JsonObject): boolean | undefined {
  const said = wordOf(objectOf(status).value) || wordOf(state);
  if (said === 'loaded') return true;
  return ['unloaded', 'not-loaded', 'loading', 'failed'].includes(said) ? false : undefined;
}
