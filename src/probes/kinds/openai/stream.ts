// The stream of an answer in OpenAI's form, with the fields that other servers add.
// Sources: OpenAI, API reference, "The chat completion chunk object" and "The completion object"; vLLM, "Reasoning Outputs"
// (reasoning_content, reasoning); llama.cpp, tools/server/README.md (timings).

import type { StreamFormat, StreamReader } from '../../inference/ask.js';
import { errorIn } from '../../inference/ask.js';
import { EventReader } from '../../inference/events.js';
import type { Generation } from '../../inference/generation.js';
import { type JsonObject, numberOf, objectOf, wordOf } from '../http/json-fields.js';

export const openAiStream: StreamFormat = {
  open: (generation, refuse) => new OpenAiStream(generation, refuse),
};

class OpenAiStream implements StreamReader {
  readonly #generation: Generation;
  readonly #events: EventReader;
  #at = 0;
  #isDone = false;
  /** A reason to finish was given, or the tokens were counted: what is cut off behind it is no loss. */
  #hasFinished = false;

  constructor(generation: Generation, refuse: (reason: 'stream' | 'protocol', words: string) => never) {
    this.#generation = generation;
    this.#events = new EventReader({
      onValue: value => {
        const error = errorIn(value);
        if (error !== undefined) refuse('stream', error);
        this.#add(objectOf(value), 'delta');
      },
      onDone: () => {
        this.#isDone = true;
      },
      onGarbage: text => refuse('protocol', `The stream has an event that is not JSON: ${text}`),
    });
  }

  line(line: string, at: number): boolean {
    this.#at = at;
    this.#events.line(line);
    return this.#isDone;
  }

  end(): boolean {
    this.#events.end();
    return this.#isDone || this.#hasFinished;
  }

  whole(body: unknown, at: number): boolean {
    const answer = objectOf(body);
    if (!Array.isArray(answer.choices)) return false;
    this.#at = at;
    this.#add(answer, 'message');
    return true;
  }

  #add({ choices, usage, timings }: JsonObject, part: 'delta' | 'message'): void {
    const choice = objectOf(Array.isArray(choices) ? choices[0] : undefined);
    const said = objectOf(choice[part]);
    const text = textOf(said.content) || wordOf(choice.text);
    const reasoning = wordOf(said.reasoning_content) || wordOf(said.reasoning);
    this.#generation.add({ text, reasoning }, this.#at);
    if (wordOf(choice.finish_reason) !== '') this.#hasFinished = true;
    this.#count(objectOf(usage), objectOf(timings));
  }

  #count(usage: JsonObject, timings: JsonObject): void {
    const tokens = numberOf(usage.completion_tokens);
    const reasoningTokens = numberOf(objectOf(usage.completion_tokens_details).reasoning_tokens);
    const tokensPerSecond = numberOf(timings.predicted_per_second);
    this.#generation.setFigures({
      ...(tokens > 0 && { tokens }),
      ...(reasoningTokens > 0 && { reasoningTokens }),
      ...(tokensPerSecond > 0 && { tokensPerSecond }),
    });
  }
}

/** A text, or a list of parts of which some are texts. */
function textOf(content: unknown): string {
  if (!Array.isArray(content)) return wordOf(content);
  return content.map(part => wordOf(objectOf(part).text)).join('');
}
