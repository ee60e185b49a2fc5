// The addresses of an Ollama server, from the one that a user has written.

/** The URL of one of Ollama's answers, from the server's or from that of another answer. */
export function ollamaUrl(given: string, answer: 'tags' | 'ps' | 'generate' | 'embed'): string {
  const url = new URL(given);
  const base = url.pathname.replace(/\/api\/(?:tags|ps)\/?$/, '').replace(/\/+$/, '');
  url.pathname = `${base}/api/${answer}`;
  return url.href;
}

/** Another API of the same server, with which it is mistaken: nothing below it lists the models. */
const OTHER_API =
  /\/(?:v1(?:\/(?:models|chat\/completions|completions|embeddings))?|api\/(?:generate|chat|version|embed|embeddings|show))\/*$/;

/** Why an address is not that of a server, and what to write; undefined for one that may be. */
export function ollamaUrlProblem(given: string): string | undefined {
  const url = new URL(given);
  const found = OTHER_API.exec(url.pathname)?.[0];
  if (found === undefined) return undefined;
  const base = url.origin + url.pathname.slice(0, -found.length);
  return `url ends in ${found}, which does not list Ollama's models; write ${base} (or kind: openai for another server with that API)`;
}
