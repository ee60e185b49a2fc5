// A workflow as an application would build it of our nodes, and models that are asked over HTTP.

import { type BaseMessage, HumanMessage } from '@langchain/core/messages';
import { END, START, StateGraph } from '@langchain/langgraph';
import type { LangGraphMonitoring } from '../../src/client/monitoring.js';
import {
  healthCheckNode,
  intelligentRouting,
  MonitoredState,
  monitoredResponseNode,
} from '../../src/langgraph/workflow.js';

const RESPONSES = [
  'search_and_respond_node',
  'enhanced_response_node',
  'simple_response_node',
  'standard_response_node',
] as const;

/** OpenAI's words for LangChain's. */
const ROLES: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant' };

/** A model behind OpenAI's chat endpoint, which Ollama, llama.cpp and HAProxy before them have. */
export const llm = (endpoint: string) => ({
  async invoke(input: BaseMessage[]): Promise<string> {
    const response = await fetch(`${endpoint}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'llama3.2:3b',
        messages: input.map(({ type, content }) => ({ role: ROLES[type] ?? type, content })),
      }),
    });
    if (!response.ok) throw new Error(`${endpoint} answered ${response.status}`);
    const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
    return choices[0]?.message.content ?? '';
  },
});

/** Checks, routes, and answers in one of four nodes. */
export function buildGraph(monitoring: LangGraphMonitoring) {
  const respond = monitoredResponseNode({ monitoring, llm });
  const requiresEmbeddings = (message: string) => message.includes('document');
  return new StateGraph(MonitoredState)
    .addNode('health_check', healthCheckNode({ monitoring }))
    .addNode('search_and_respond_node', respond)
    .addNode('enhanced_response_node', respond)
    .addNode('simple_response_node', respond)
    .addNode('standard_response_node', respond)
    .addEdge(START, 'health_check')
    .addConditionalEdges('health_check', intelligentRouting({ monitoring, requiresEmbeddings }), [
      ...RESPONSES,
      END,
    ])
    .addEdge('search_and_respond_node', END)
    .addEdge('enhanced_response_node', END)
    .addEdge('simple_response_node', END)
    .addEdge('standard_response_node', END)
    .compile();
}

/** Which nodes a message went through, and what came of it. */
export async function walk(graph: ReturnType<typeof buildGraph>, message: string) {
  const path: string[] = [];
  let state: typeof MonitoredState.State | undefined;
  const input = { messages: [new HumanMessage(message)] };
  for await (const [mode, chunk] of await graph.stream(input, { streamMode: ['updates', 'values'] })) {
    if (mode === 'updates') path.push(...Object.keys(chunk));
    else state = chunk as typeof MonitoredState.State;
  }
  if (!state) throw new Error('the graph had no state');
  return {
    path,
    said: state.messages.slice(1).map(({ content }) => content),
    error: state.error,
    fallback_used: state.fallback_used,
    endpoint: state.performance_metrics?.llm_endpoint,
    state,
  };
}
