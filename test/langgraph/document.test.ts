// Our nodes and edges beside the document's own, over every state of a cluster that makes a difference: their decisions,
// requests and messages.

import { HumanMessage } from '@langchain/core/messages';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LangGraphMonitoring } from '../../src/client/monitoring.js';
import {
  healthCheckNode,
  intelligentRouting,
  type MonitoredUpdate,
  monitoredResponseNode,
} from '../../src/langgraph/workflow.js';
import { result, SERVICES, service, startMonitor, type TestMonitor } from '../http/monitor.js';
import { HAS_DOCUMENT, NEEDS_DOCUMENT, pythonBlock, runPython } from '../support/document.js';

const ADDRESSES = {
  monitor: 'http://127.0.0.1:1',
  jetson: 'http://127.0.0.1:11434',
  cpu: 'http://127.0.0.1:8080',
  balancer: 'http://127.0.0.1:9000',
};

/** The document's monitoring class over a given answer, and other names its nodes use. */
const ADAPTER = `
class AIMessage:
    def __init__(self, content):
        self.content = content

AgentState = dict
DocumentsMonitoring = LangGraphMonitoring

class LangGraphMonitoring(DocumentsMonitoring):
    def __init__(self):
        self.health = {}
    async def check_cluster_health(self):
        return self.health

def requires_embeddings(message):
    return "document" in message

calls, failures = [], 0

class Model:
    def __init__(self, endpoint):
        self.endpoint = endpoint
    def invoke(self, text):
        calls.append([self.endpoint, text])
        if len(calls) <= failures:
            raise RuntimeError("no answer from " + self.endpoint)
        return "words from " + self.endpoint

def configure_llm(endpoint):
    return Model(endpoint)
`;

const MAIN = `
async def main():
    global failures
    answers = []
    for case in json.load(sys.stdin):
        monitoring.health = case["health"]
        state = lambda: {"messages": [AIMessage(case["message"])]}
        checked = await health_check_node(state())
        responses = []
        for count in [0, 1, 2]:
            failures = count
            calls.clear()
            response = await monitored_response_node(state())
            responses.append({
                "calls": list(calls),
                "said": [each.content for each in response["messages"][1:]],
                "error": response.get("error"),
                "fallback_used": response.get("fallback_used"),
                "llm_endpoint": response.get("performance_metrics", {}).get("llm_endpoint"),
            })
        answers.append({
            "route": await intelligent_routing_node(state()),
            "said": [each.content for each in checked["messages"][1:]],
            "error": checked.get("error"),
            "cluster_health": checked["cluster_health"],
            "responses": responses,
        })
    print(json.dumps(answers))

asyncio.run(main())
`;

interface Case {
  readonly name: string;
  readonly health: unknown;
  readonly message: string;
}

interface Outcome {
  readonly route: string;
  readonly said: unknown[];
  readonly error: string | null;
  readonly cluster_health: unknown;
  readonly responses: unknown[];
}

const MESSAGES = ['Hello', 'Search for it', 'look at the WEB', 'what does the document say', 'research'];
const STATES = ['healthy', 'degraded', 'error'] as const;

/** What our nodes do of it. */
async function ours(monitoring: LangGraphMonitoring, message: string): Promise<Outcome> {
  const state = { messages: [new HumanMessage(message)] };
  const said = ({ messages = [] }: MonitoredUpdate) => messages.map(({ content }) => content);
  const requiresEmbeddings = (text: string) => text.includes('document');
  const checked = await healthCheckNode({ monitoring })(state);
  const responses = [];
  for (const failures of [0, 1, 2]) {
    const calls: string[][] = [];
    const llm = (endpoint: string) => ({
      invoke: (text: string) => {
        calls.push([endpoint, text]);
        if (calls.length <= failures) throw new Error(`no answer from ${endpoint}`);
        return `words from ${endpoint}`;
      },
    });
    const update = await monitoredResponseNode({ monitoring, llm, input: 'last-message' })(state);
    responses.push({
      calls,
      said: said(update),
      error: update.error ?? null,
      fallback_used: update.fallback_used ?? null,
      llm_endpoint: update.performance_metrics?.llm_endpoint ?? null,
    });
  }
  return {
    route: await intelligentRouting({ monitoring, requiresEmbeddings })(state),
    said: said(checked),
    error: checked.error ?? null,
    cluster_health: checked.cluster_health,
    responses,
  };
}

describe.skipIf(!HAS_DOCUMENT)(`the document's nodes (${NEEDS_DOCUMENT})`, () => {
  let monitor: TestMonitor;
  beforeAll(async () => {
    monitor = await startMonitor({ services: [...SERVICES, service('embeddings')] });
  });
  afterAll(() => monitor[Symbol.asyncDispose]());

  test('do the same as ours, in every state and for every message', async () => {
    const log = { warn: () => {}, error: () => {} };
    const monitoring = new LangGraphMonitoring({ url: monitor.url, log });
    const away = new LangGraphMonitoring({ url: 'http://127.0.0.1:1', log });
    const cases: Case[] = [];
    const found: Outcome[] = [];
    const take = async (name: string, client: LangGraphMonitoring) => {
      const health = await client.checkClusterHealth();
      for (const message of MESSAGES) {
        cases.push({ name: `${name}: ${message}`, health, message });
        found.push(await ours(client, message));
      }
    };
    for (const { id } of monitor.cluster.services) monitor.feed(result(id));
    for (const jetson_ollama of STATES)
      for (const cpu_llama of STATES)
        for (const tools of STATES)
          for (const embeddings of STATES) {
            const states = { jetson_ollama, cpu_llama, tools, embeddings };
            for (const [id, status] of Object.entries(states))
              monitor.feed(
                result(id, {
                  status,
                  level: { healthy: 'up', degraded: 'slow', error: 'down' }[status] as 'up',
                  error: status === 'healthy' ? undefined : 'x',
                }),
              );
            await take(Object.values(states).join(), monitoring);
          }
    await take('the monitor is away', away);

    const program = [
      pythonBlock('class LangGraphMonitoring:', ADDRESSES),
      ADAPTER,
      pythonBlock('async def intelligent_routing_node', ADDRESSES),
      MAIN,
    ];
    const wanted = await runPython<Outcome[]>(program, cases);
    expect(wanted).toHaveLength(cases.length);
    expect(cases.map(({ name }, i) => [name, found[i]])).toEqual(
      cases.map(({ name }, i) => [name, wanted[i]]),
    );
    // The states do make a difference.
    expect(new Set(wanted.map(({ route }) => route)).size).toBe(4);
    expect(new Set(wanted.map(({ error }) => error))).toEqual(new Set([null, 'cluster_unhealthy']));
  });
});
