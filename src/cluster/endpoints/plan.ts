// Services that can stand in for each other, as the configuration names them.

/** A service and where it is called. */
export interface Candidate {
  /** Its id. */
  readonly service: string;
  /** Base URL, without a slash at the end. */
  readonly url: string;
}

export interface EndpointCandidates {
  /** Candidates by what they can do (`llm`), the preferred one first. */
  readonly capabilities: ReadonlyMap<string, readonly Candidate[]>;
  /** The endpoint when no candidate is healthy, by capability: a load balancer, usually. */
  readonly fallback: ReadonlyMap<string, string>;
}

/** No endpoints at all. */
export const NO_ENDPOINTS: EndpointCandidates = { capabilities: new Map(), fallback: new Map() };
