// The addresses of a server that speaks OpenAI's API, from the one that a user has written.

/** Answers of the API. */
export type OpenAiPath = 'models' | 'chat/completions' | 'completions' | 'embeddings';

/**
 * The URL of one of the server's answers. The address may be the server's, or end in `/v1` or `/v1/models`; one that has
 * a version in its path already (`/openai/v1`, `/v1beta/openai`) gets no other.
 */
export function openAiUrl(given: string, answer: OpenAiPath): string {
  const url = new URL(given);
  const path = url.pathname.replace(/\/+$/, '').replace(/(\/v\d[^/]*(?:\/openai)?)\/models$/, '$1');
  const base = /\/v\d[^/]*(?:\/|$)/.test(path) ? path : `${path}/v1`;
  url.pathname = `${base}/${answer}`;
  return url.href;
}

/** What other questions are asked at, below which there is no list of models. */
const OTHER_PATH =
  /\/(?:v1\/(?:chat\/completions|completions|embeddings|responses)|health|metrics|ping|api\/(?:tags|ps|generate|chat|embed|version))\/*$/;

/** Why an address is not that of the API, and what to write; undefined for one that may be. */
export function openAiUrlProblem(given: string): string | undefined {
  const url = new URL(given);
  const found = OTHER_PATH.exec(url.pathname)?.[0];
  if (found === undefined) return undefined;
  const base = url.origin + url.pathname.slice(0, -found.length);
  const other = found.startsWith('/api/') ? ', or kind: ollama' : '';
  return `url ends in ${found}, which does not list models; write ${base}${other} (or kind: http to check that address alone)`;
}

/** Where Hugging Face's servers describe the model that they have: beside the API, not below its version. */
export function serverInfoUrl(given: string): string {
  const url = new URL(given);
  url.pathname = `${url.pathname.replace(/\/v\d[^/]*(?:\/.*)?$/, '').replace(/\/+$/, '')}/info`;
  return url.href;
}
