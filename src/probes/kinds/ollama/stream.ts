// The stream of Ollama's /api/generate: one JSON object on each line, the last one with what it took.
// Source: Ollama, docs/api.md, "Generate a completion".

import { errorIn, type StreamFormat, type StreamReader } from '../../inference/ask.js';
import type { Generation } from '../../inference/generation.js';
import { type JsonObject, numberOf, objectOf, wordOf } from '../http/json-fields.js';

/** @param onEnd called with how long the server took to load the model, in milliseconds */
export function ollamaStream(onEnd: (loadDuration: number) => void): StreamFormat {
  return { open: (generation, refuse) => new OllamaStream(generation, refuse, onEnd) };
}

type Refuse = (reason: 'stream' | 'protocol', words: string) => never;

class OllamaStream implements StreamReader {
  readonly #generation: Generation;
  readonly #refuse: Refuse;
  readonly #onEnd: (loadDuration: number) => void;
  #isDone = false;

  constructor(generation: Generation, refuse: Refuse, onEnd: (loadDuration: number) => void) {
    this.#generation = generation;
    this.#refuse = refuse;
    this.#onEnd = onEnd;
  }

  line(line: string, at: number): boolean {
    if (line.trim() !== '') this.#add(this.#parsed(line), at);
    return this.#isDone;
  }

  end(): boolean {
    return this.#isDone;
  }

  whole(body: unknown, at: number): boolean {
    if (typeof objectOf(body).done !== 'boolean') return false;
    this.#add(objectOf(body), at);
    return this.#isDone;
  }

  #parsed(line: string): JsonObject {
    try {
      return objectOf(JSON.parse(line));
    } catch {
      return this.#refuse('protocol', `The stream has a line that is not JSON: ${line}`);
    }
  }

  #add(piece: JsonObject, at: number): void {
    const error = errorIn(piece);
    if (error !== undefined) this.#refuse('stream', error);
    this.#generation.add({ text: wordOf(piece.response), reasoning: wordOf(piece.thinking) }, at);
    if (piece.done !== true) return;
    this.#isDone = true;
    const tokens = numberOf(piece.eval_count);
    const nanoseconds = numberOf(piece.eval_duration);
    this.#generation.setFigures({
      ...(tokens > 0 && { tokens }),
      ...(tokens > 0 && nanoseconds > 0 && { tokensPerSecond: (tokens / nanoseconds) * 1e9 }),
    });
    this.#onEnd(numberOf(piece.load_duration) / 1e6);
  }
}
