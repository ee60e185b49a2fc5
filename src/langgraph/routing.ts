// The edges: which node answers, by what is asked and what is healthy.

import { END } from '@langchain/langgraph';
import { type Answer, type ClusterHealth, LangGraphMonitoring, type Log } from '../client/monitoring.js';
import { CLUSTER_UNHEALTHY, lastText, type MonitoredMessages } from './state.js';

/** What the nodes are called that the edges lead to; the document's names unless said. */
export interface RouteNames {
  /** Searches the web with the tools server first: `search_and_respond_node`. */
  readonly search: string;
  /** With retrieval from the embeddings server: `enhanced_response_node`. */
  readonly enhanced: string;
  /** A fast answer by the Jetson: `simple_response_node`. */
  readonly simple: string;
  /** An answer by any node that is available: `standard_response_node`. */
  readonly standard: string;
  /** Where an unhealthy cluster leads: `END`. */
  readonly unhealthy: string;
}

/** What the services are called that decide, by their names in the monitor's configuration; the document's unless said. */
export interface RouteServices {
  /** Searches the web: `tools`. */
  readonly tools: string;
  /** Embeds: `embeddings`. */
  readonly embeddings: string;
  /** The model server whose health decides for {@link RouteNames.simple}: `jetson_ollama`. */
  readonly llm: string;
}

export interface RoutingOptions {
  readonly monitoring?: LangGraphMonitoring;
  readonly services?: Partial<RouteServices>;
  /** Whether a message wants the web; one with "search" or "web" in it unless said. */
  readonly requiresTools?: (message: string) => boolean;
  /** Whether a message wants retrieval; none does unless said. */
  readonly requiresEmbeddings?: (message: string) => boolean;
  readonly nodes?: Partial<RouteNames>;
}

const NAMES: RouteNames = {
  search: 'search_and_respond_node',
  enhanced: 'enhanced_response_node',
  simple: 'simple_response_node',
  standard: 'standard_response_node',
  unhealthy: END,
};

const SERVICES: RouteServices = { tools: 'tools', embeddings: 'embeddings', llm: 'jetson_ollama' };

/** The document's test. */
function mentionsWeb(message: string): boolean {
  return /search|web/i.test(message);
}

/**
 * Makes the function for `addConditionalEdges`, the document's decision table: a message about the web goes to the tools
 * if they are healthy, one that wants embeddings to those, any other to the Jetson; each has a fallback. With a watched
 * cluster it decides at once, from memory.
 */
export function intelligentRouting({
  monitoring = new LangGraphMonitoring(),
  services = {},
  requiresTools = mentionsWeb,
  requiresEmbeddings = () => false,
  nodes = {},
}: RoutingOptions = {}) {
  const names = { ...NAMES, ...nodes };
  const { tools, embeddings, llm } = { ...SERVICES, ...services };
  const warn = warner(monitoring.log);
  const decide = (health: Answer<ClusterHealth>, message: string): string => {
    if (health.overall_status !== 'healthy')
      warn('cluster', `Cluster not fully healthy: ${health.error ?? health.alerts?.join('; ')}`);
    const isHealthy = (service: string) => health.services?.[service]?.health.status === 'healthy';
    if (requiresTools(message)) {
      if (isHealthy(tools)) return names.search;
      warn('tools', 'Tools service unhealthy, falling back to standard response');
      return names.standard;
    }
    if (requiresEmbeddings(message)) {
      if (isHealthy(embeddings)) return names.enhanced;
      warn('embeddings', 'Embeddings service unhealthy, using basic response');
      return names.simple;
    }
    return isHealthy(llm) ? names.simple : names.standard;
  };
  return (state: MonitoredMessages, config?: { readonly signal?: AbortSignal }): string | Promise<string> => {
    if (state.error === CLUSTER_UNHEALTHY) return names.unhealthy;
    const message = lastText(state);
    const { current } = monitoring;
    if (current) return decide(current, message);
    return monitoring.checkClusterHealth({ signal: config?.signal }).then(health => decide(health, message));
  };
}

/** Ten thousand decisions a second would otherwise say the same ten thousand times. */
const SAY_AGAIN = 10_000;

/** Says a thing when it is new, and again from time to time. */
function warner(log: Log): (about: string, text: string) => void {
  const said = new Map<string, { readonly text: string; readonly at: number }>();
  return (about, text) => {
    const last = said.get(about);
    const now = performance.now();
    if (last?.text === text && now - last.at < SAY_AGAIN) return;
    said.set(about, { text, at: now });
    log.warn(text);
  };
}
