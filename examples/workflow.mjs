// A workflow that routes by health. Start `npm run demo`, then:
//   node examples/workflow.mjs "Hello" "Search the web"

import { HumanMessage } from '@langchain/core/messages';
import { END, START, StateGraph } from '@langchain/langgraph';
import { LangGraphMonitoring } from 'langgraph-monitor/client';
import {
  healthCheckNode,
  intelligentRouting,
  MonitoredState,
  monitoredResponseNode,
} from 'langgraph-monitor/langgraph';

const monitoring = new LangGraphMonitoring(process.env.MONITOR_URL ?? 'http://127.0.0.1:8083');
await monitoring.watch().ready();

const ROLES = { human: 'user', ai: 'assistant' };
// Any chat model does: new ChatOpenAI({ configuration: { baseURL: `${endpoint}/v1` } }), new ChatOllama({ baseUrl: endpoint })
const llm = endpoint => ({
  async invoke(messages) {
    const response = await fetch(`${endpoint}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'llama3.2:3b',
        messages: messages.map(({ type, content }) => ({ role: ROLES[type] ?? type, content })),
      }),
    });
    if (!response.ok) throw new Error(`${endpoint} answered ${response.status}`);
    return (await response.json()).choices[0].message.content;
  },
});

const respond = monitoredResponseNode({ monitoring, llm });
const graph = new StateGraph(MonitoredState)
  .addNode('health_check', healthCheckNode({ monitoring }))
  .addNode('search_and_respond_node', respond)
  .addNode('simple_response_node', respond)
  .addNode('standard_response_node', respond)
  .addEdge(START, 'health_check')
  .addConditionalEdges('health_check', intelligentRouting({ monitoring }))
  .addEdge('search_and_respond_node', END)
  .addEdge('simple_response_node', END)
  .addEdge('standard_response_node', END)
  .compile();

for (const question of process.argv.slice(2)) {
  const path = [];
  const answer = [];
  const input = { messages: [new HumanMessage(question)] };
  for await (const update of await graph.stream(input, { streamMode: 'updates' })) {
    for (const [node, { messages = [] }] of Object.entries(update)) {
      path.push(node);
      answer.push(...messages.map(({ content }) => content));
    }
  }
  console.log(`${question}: ${path.join(' -> ')}: ${answer.join()}`);
}
