// The nodes beyond the document's table: options, old states, interrupts, models of LangChain's.

import { AIMessage, type BaseMessage, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { END, interrupt, MemorySaver, START, StateGraph } from '@langchain/langgraph';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LangGraphMonitoring } from '../../src/client/monitoring.js';
import {
  type HealthCheckOptions,
  healthCheckNode,
  intelligentRouting,
  type MonitoredResponseOptions,
  MonitoredState,
  monitoredResponseNode,
} from '../../src/langgraph/workflow.js';
import { result, startMonitor, type TestMonitor } from '../http/monitor.js';

const BAD = { status: 'error', error: 'Connection refused', reason: 'refused', level: 'down' } as const;

let monitor: TestMonitor;
let monitoring: LangGraphMonitoring;
let warnings: string[];
beforeAll(async () => {
  monitor = await startMonitor();
});
afterAll(() => monitor[Symbol.asyncDispose]());
beforeEach(() => {
  warnings = [];
  const log = { warn: (line: string) => void warnings.push(line), error: () => {} };
  monitoring = new LangGraphMonitoring({ url: monitor.url, log });
  feed();
});

function feed(...down: string[]): void {
  for (const { id } of monitor.cluster.services) monitor.feed(result(id, down.includes(id) ? BAD : {}));
}

const says = (content: BaseMessage['content']) => ({ messages: [new HumanMessage({ content })] });

describe('the health check', () => {
  test('requests the current state with fresh: true', async () => {
    monitor.clock.advance(1000);
    const checking = healthCheckNode({ monitoring, fresh: true })(says('x'));
    await expect.poll(() => monitor.wanted.length).toBe(1);
    feed();
    expect(await checking).toMatchObject({ cluster_health: { overall_status: 'healthy' } });
  });

  test('interrupts a thread while the cluster is unhealthy, and resumes it afterwards', async () => {
    const graph = new StateGraph(MonitoredState)
      .addNode('health_check', healthCheckNode({ monitoring }))
      .addNode(
        'simple_response_node',
        monitoredResponseNode({ monitoring, llm: () => ({ invoke: () => 'well' }) }),
      )
      .addEdge(START, 'health_check')
      .addConditionalEdges('health_check', intelligentRouting({ monitoring }), ['simple_response_node', END])
      .addEdge('simple_response_node', END)
      .compile({ checkpointer: new MemorySaver() });
    const thread = { configurable: { thread_id: '1' } };
    feed('tools', 'redis', 'haproxy');
    const first = await graph.invoke(says('one'), thread);
    expect([first.error, first.messages.length]).toEqual(['cluster_unhealthy', 2]);
    feed();
    const second = await graph.invoke(says('two'), thread);
    expect(second.error).toBeUndefined();
    expect(second.messages.map(({ content }) => content)).toEqual([
      'one',
      expect.stringMatching(/^System temporarily unavailable due to: CRITICAL: /),
      'two',
      'well',
    ]);
  });

  test.each<[keep: HealthCheckOptions['keep'], want: unknown]>([
    [
      'all',
      { overall_status: 'healthy', services: { tools: { health: { response_time: expect.any(Number) } } } },
    ],
    [
      'status',
      { overall_status: 'healthy', alerts: [], services: { tools: { health: { status: 'healthy' } } } },
    ],
    ['none', undefined],
    [({ alerts, ...rest }) => ({ ...rest, alerts: [...alerts, 'mine'] }), { alerts: ['mine'] }],
  ])('keeps %s in the state', async (keep, want) => {
    const { cluster_health } = await healthCheckNode({ monitoring, keep })(says('x'));
    if (want === undefined) expect(cluster_health).toBeUndefined();
    else expect(cluster_health).toMatchObject(want as object);
    if (keep === 'status') expect(cluster_health?.services?.tools?.health).toEqual({ status: 'healthy' });
  });

  test('is aborted with the graph', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(healthCheckNode({ monitoring })(says('x'), { signal })).rejects.toThrow('enough');
  });
});

describe('the edges', () => {
  test('follow the named services', async () => {
    feed('tools', 'jetson_ollama');
    const services = { tools: 'redis', llm: 'cpu_llama' };
    const route = intelligentRouting({ monitoring, services });
    expect(await route(says('search'))).toBe('search_and_respond_node');
    expect(await route(says('hello'))).toBe('simple_response_node');
    const byWord = intelligentRouting({
      monitoring,
      services,
      requiresTools: text => text.includes('hello'),
    });
    expect(await byWord(says('hello'))).toBe('search_and_respond_node');
    const asBefore = intelligentRouting({ monitoring });
    expect(await asBefore(says('search'))).toBe('standard_response_node');
  });

  test.each([
    ['search', 'search the web', []],
    ['standard', 'search the web', ['tools']],
    ['simple', 'hello', []],
    ['standard', 'hello', ['jetson_ollama']],
    ['simple', 'my document', ['embeddings']],
  ])('lead to names of your own: %s', async (name, message, down) => {
    feed(...down);
    const nodes = { search: 'a', enhanced: 'b', simple: 'c', standard: 'd', unhealthy: 'e' };
    const route = intelligentRouting({
      monitoring,
      nodes,
      requiresEmbeddings: text => text.includes('document'),
    });
    expect(await route(says(message))).toBe(nodes[name as keyof typeof nodes]);
  });

  test.each([
    [undefined, END],
    ['apologize', 'apologize'],
  ])('lead away from an unhealthy cluster: %s', async (unhealthy, want) => {
    const route = intelligentRouting({ monitoring, nodes: unhealthy === undefined ? {} : { unhealthy } });
    expect(await route({ ...says('hello'), error: 'cluster_unhealthy' })).toBe(want);
  });

  test('read messages made of blocks, and none at all', async () => {
    const route = intelligentRouting({ monitoring });
    const image = { type: 'image_url', image_url: 'data:search' };
    expect(await route(says([{ type: 'text', text: 'the WEB' }, image]))).toBe('search_and_respond_node');
    expect(await route(says([{ type: 'text', text: 'hello' }, image]))).toBe('simple_response_node');
    expect(await route({ messages: [] })).toBe('simple_response_node');
  });

  test('decide from a view at once, and warn once', async () => {
    feed('tools');
    const view = monitoring.watch();
    await view.ready();
    const route = intelligentRouting({ monitoring });
    const found = Array.from({ length: 1000 }, () => route(says('search')));
    view.close();
    expect(new Set(found)).toEqual(new Set(['standard_response_node']));
    expect(warnings).toEqual([
      'Cluster not fully healthy: CRITICAL: Tools Server is error - Connection refused',
      'Tools service unhealthy, falling back to standard response',
    ]);
  });
});

describe('the response', () => {
  test("keeps all fields of a model's message, and passes the graph's configuration to the model", async () => {
    const message = new AIMessage({
      content: 'x',
      usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
    });
    const seen: unknown[] = [];
    const llm = async (endpoint: string) => ({
      invoke: async (input: BaseMessage[], config: unknown) => {
        seen.push([endpoint, input, config]);
        return message;
      },
    });
    const config = { tags: ['mine'] };
    const update = await monitoredResponseNode({ monitoring, llm })(says('hello'), config);
    expect(update.messages?.[0]).toBe(message);
    expect(seen).toEqual([['http://127.0.0.1:11434', [new HumanMessage('hello')], config]]);
  });

  const CONVERSATION = {
    messages: [
      new SystemMessage('Answer in French.'),
      new HumanMessage('My name is Ada.'),
      new AIMessage('Bonjour Ada'),
      new HumanMessage('What is my name?'),
    ],
  };

  test.each<[name: string, options: Partial<MonitoredResponseOptions>, want: unknown[]]>([
    ['the conversation, and again the same', {}, [CONVERSATION.messages, CONVERSATION.messages]],
    [
      'what is chosen of it',
      { messages: ({ messages }) => messages.slice(-1) },
      [CONVERSATION.messages.slice(-1), CONVERSATION.messages.slice(-1)],
    ],
    [
      'the last text, and then an apology, as the document has it',
      { input: 'last-message' },
      ['What is my name?', "I'm experiencing technical difficulties. Please try again."],
    ],
  ])('asks the model for %s, through the fallback', async (_, options, want) => {
    const asked: unknown[] = [];
    const llm = (endpoint: string) => ({
      invoke: (input: unknown) => {
        asked.push(input);
        if (asked.length === 1) throw new Error('busy');
        return endpoint;
      },
    });
    const node = monitoredResponseNode({ monitoring, llm, ...options } as MonitoredResponseOptions);
    const update = await node(CONVERSATION);
    expect(asked).toEqual(want);
    expect(update).toMatchObject({ error: 'busy', fallback_used: true });
    expect(update.messages?.[0]?.content).toBe(monitoring.fallbackEndpoint);
  });

  test.each([
    ['a text', 'words', 'words'],
    ['something with a content', { content: 'words' }, 'words'],
    ['something else', { words: 1 }, '{"words":1}'],
  ])('makes a message of %s', async (_, answer, want) => {
    const node = monitoredResponseNode({ monitoring, llm: () => ({ invoke: () => answer }) });
    expect((await node(says('hello'))).messages?.[0]?.content).toBe(want);
  });

  test('clears the error of the last run', async () => {
    const node = monitoredResponseNode({ monitoring, llm: () => ({ invoke: () => 'x' }) });
    const update = await node({ ...says('hello'), error: 'old', fallback_used: true });
    expect(update).toMatchObject({ error: undefined, fallback_used: undefined });
    expect(Object.keys(await node(says('hello')))).toEqual(['messages', 'performance_metrics']);
  });

  test('handles a model that cannot be created like one that fails', async () => {
    const node = monitoredResponseNode({
      monitoring,
      llm: endpoint => {
        if (endpoint.endsWith(':11434')) throw new Error('no such model');
        return { invoke: () => 'from the load balancer' };
      },
    });
    expect(await node(says('hello'))).toMatchObject({ error: 'no such model', fallback_used: true });
  });

  test('is no answer to an interrupt', async () => {
    const asking = monitoredResponseNode({ monitoring, llm: () => ({ invoke: () => interrupt('may I?') }) });
    const graph = new StateGraph(MonitoredState)
      .addNode('respond', asking)
      .addEdge(START, 'respond')
      .addEdge('respond', END)
      .compile({ checkpointer: new MemorySaver() });
    const state = await graph.invoke(says('hello'), { configurable: { thread_id: '1' } });
    expect(state.messages).toHaveLength(1);
    expect(state).toMatchObject({ __interrupt__: [{ value: 'may I?' }] });
  });

  test('is not made for an aborted graph', async () => {
    const over = new AbortController();
    const calls: string[] = [];
    const llm = (endpoint: string) => ({
      invoke: () => {
        calls.push(endpoint);
        over.abort(new Error('enough'));
        throw new Error('aborted');
      },
    });
    const node = monitoredResponseNode({ monitoring, llm });
    await expect(node(says('hello'), { signal: over.signal })).rejects.toThrow('enough');
    expect(calls).toHaveLength(1);
  });
});
