// LangChain's chat models that use the healthy endpoints of the cluster.

import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { type Runnable, RunnableLambda } from '@langchain/core/runnables';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LangGraphMonitoring } from '../../src/client/monitoring.js';
import { chatModelByHealth, modelByHealth } from '../../src/langgraph/workflow.js';
import { result, startMonitor, type TestMonitor } from '../http/monitor.js';

const BAD = { status: 'error', error: 'Connection refused', reason: 'refused', level: 'down' } as const;
const JETSON = 'http://127.0.0.1:11434';

let monitor: TestMonitor;
let monitoring: LangGraphMonitoring;
let asked: string[];
let failing: Set<string>;
beforeAll(async () => {
  monitor = await startMonitor();
});
afterAll(() => monitor[Symbol.asyncDispose]());
beforeEach(() => {
  asked = [];
  failing = new Set();
  monitoring = new LangGraphMonitoring({ url: monitor.url, log: { warn: () => {}, error: () => {} } });
  feed();
});

function feed(...down: string[]): void {
  for (const { id } of monitor.cluster.services) monitor.feed(result(id, down.includes(id) ? BAD : {}));
}

/** A chat model of LangChain's that answers with its endpoint. */
function llm(endpoint: string) {
  asked.push(endpoint);
  return new FakeListChatModel({ responses: failing.has(endpoint) ? [] : [endpoint] }).withConfig({});
}

function llmThatMayFail(endpoint: string) {
  const model = llm(endpoint);
  if (failing.has(endpoint)) throw new Error('busy');
  return model;
}

describe('a chat model by health', () => {
  test('is the best endpoint, again at every call', async () => {
    const model = chatModelByHealth({ monitoring, llm: llmThatMayFail });
    expect((await model.invoke([new HumanMessage('x')])).content).toBe(JETSON);
    feed('jetson_ollama');
    const next = await model.invoke([new HumanMessage('x')]);
    expect(next).toBeInstanceOf(AIMessage);
    expect(next.content).not.toBe(JETSON);
  });

  test('is the next one when the best fails, and the fallback in the end', async () => {
    const model = chatModelByHealth({ monitoring, llm: llmThatMayFail });
    failing.add(JETSON);
    expect((await model.invoke('x')).content).toBe(asked[1]);
    failing.add(asked[1] as string);
    const best = await monitoring.getBestEndpoint('llm');
    expect((await model.invoke('x')).content).toBe(best.fallback);
  });

  test('throws the last error when all have failed, after the configured number of attempts', async () => {
    const model = chatModelByHealth({
      monitoring,
      attempts: 2,
      llm: endpoint => {
        asked.push(endpoint);
        throw new Error(`no answer from ${endpoint}`);
      },
    });
    await expect(model.invoke('x')).rejects.toThrow(/^no answer from /);
    expect(asked).toHaveLength(2);
  });

  test('calls no other endpoint once it is aborted', async () => {
    const over = new AbortController();
    const model = chatModelByHealth({
      monitoring,
      llm: endpoint => {
        asked.push(endpoint);
        over.abort(new Error('enough'));
        throw new Error('aborted');
      },
    });
    await expect(model.invoke('x', { signal: over.signal })).rejects.toThrow();
    expect(asked).toHaveLength(1);
  });

  test('streams chunks as they come, from the next endpoint when the first one does not begin', async () => {
    const model = chatModelByHealth({ monitoring, llm: llmThatMayFail });
    failing.add(JETSON);
    const chain = RunnableLambda.from((text: string) => text.trim()).pipe(model);
    for (const streaming of [model, chain]) {
      asked = [];
      const chunks: unknown[] = [];
      for await (const chunk of await streaming.stream('x')) chunks.push(chunk.content);
      expect(asked[0]).toBe(JETSON);
      expect(chunks).toEqual([...(asked[1] as string)]);
    }
  });

  test('a stream that breaks off is not started again at another endpoint', async () => {
    const model = chatModelByHealth<string, string>({
      monitoring,
      llm: endpoint => {
        asked.push(endpoint);
        return RunnableLambda.from(async function* () {
          yield 'half an';
          throw new Error('broken off');
        }) as unknown as Runnable<string, string>;
      },
    });
    const chunks: string[] = [];
    const reading = async () => {
      for await (const chunk of await model.stream('x')) chunks.push(chunk);
    };
    await expect(reading()).rejects.toThrow('broken off');
    expect([chunks, asked]).toEqual([['half an'], [JETSON]]);
  });

  test('is the fallback while the monitor is away', async () => {
    const away = new LangGraphMonitoring({
      url: 'http://127.0.0.1:1',
      fallbackEndpoint: 'http://127.0.0.1:7',
    });
    const model = chatModelByHealth({ monitoring: away, llm: llmThatMayFail });
    expect((await model.invoke('x')).content).toBe('http://127.0.0.1:7');
  });
});

test('the middleware gives each call the model of the best endpoint, and of the next after a failure', async () => {
  const { wrapModelCall } = modelByHealth({ monitoring, llm: (endpoint: string) => endpoint });
  const handler = (request: { model: string; messages: string[] }) => {
    asked.push(request.model);
    if (request.model === JETSON) throw new Error('busy');
    return request;
  };
  const answer = await wrapModelCall({ model: 'mine', messages: ['x'] }, handler);
  expect(answer).toEqual({ model: asked[1], messages: ['x'] });
  expect(asked[0]).toBe(JETSON);
});
