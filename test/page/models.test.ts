import { expect, test } from 'vitest';
import type { Series } from '../../src/page/api.js';
import { modelShape, modelsOf, modelWords } from '../../src/page/views/service/models.js';

const series = (name: string, model: string, value: number): Series => ({
  metric: { __name__: name, model },
  value: [0, String(value)],
  values: [],
});

const cases: readonly [name: string, facts: Series[], named: string[], want: string[]][] = [
  ['a health body names it', [], ['m'], ['unknown m present']],
  [
    'Ollama, with questions to one of two',
    [
      series('ollama_model_info', 'a', 1),
      series('ollama_model_loaded', 'a', 1),
      series('ollama_model_size_bytes', 'a', 2_019_393_189),
      series('llm_probe_success', 'a', 1),
      series('llm_probe_first_token_seconds', 'a', 0.213),
      series('llm_probe_tokens_per_second', 'a', 43.12),
      series('ollama_model_info', 'b', 1),
      series('ollama_model_loaded', 'b', 0),
    ],
    [],
    ['healthy a loaded, 1.9 GiB, 43.1 tokens/s, first token 0.21 s', 'unknown b present, not loaded'],
  ],
  [
    'one that does not answer',
    [series('openai_model_info', 'a', 1), series('llm_probe_success', 'a', 0)],
    [],
    ['degraded a does not answer'],
  ],
  [
    'one that answers, of a server that does not say what is in memory',
    [
      series('openai_model_info', 'a', 1),
      series('llm_probe_success', 'a', 1),
      series('llm_probe_first_token_seconds', 'a', 2),
    ],
    [],
    ['healthy a present, first token 2.00 s'],
  ],
  ['one that is missing', [series('openai_required_model_present', 'a', 0)], [], ['degraded a missing']],
];
test.each(cases)('%s', (_, facts, named, want) => {
  const found = modelsOf(facts, named).map(
    model => `${modelShape(model)} ${model.name} ${modelWords(model)}`,
  );
  expect(found).toEqual(want);
});
