// What a simulated model server says when it is asked something. In: which model it is; out: OpenAI's answer, which
// Ollama and llama.cpp give too.
// Source: OpenAI, API reference, "The chat completion object".

import { type FaultyResponse, json } from './fault.js';

/** Where models are asked, as OpenAI has it. */
export const CHAT_PATH = '/v1/chat/completions';

/** An answer in a few words. */
export function chatAnswer(model: string, words: string): FaultyResponse {
  return json({
    id: 'chatcmpl-0',
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: words }, finish_reason: 'stop' }],
  });
}
