// Requests that keep no process alive. A pending answer holds Node, Deno and Bun, and fetch has no `unref`.
// Node publishes every request it sends on a diagnostics channel, with the socket, which can: so a request carries a token, and its
// socket is unreferenced as soon as the token is seen on it. Without the channel the caller learns that the request holds.
// Source: undici, docs/docs/api/DiagnosticsChannel.md, "undici:client:sendHeaders".

interface Runtime {
  readonly process?: {
    readonly versions?: { readonly node?: string; readonly bun?: string };
    getBuiltinModule?(name: 'node:diagnostics_channel'): {
      subscribe?(channel: string, onMessage: (message: unknown) => void): void;
    };
  };
  readonly Deno?: unknown;
}

/** A request as the channel shows it. */
interface Sent {
  readonly request?: { readonly headers?: unknown };
  readonly socket?: { unref?(): unknown };
}

const HEADER = 'x-langgraph-monitor-view';
/** Requests under way, by token. */
const waiting = new Map<string, SocketUnref>();
let isListening = false;
let count = 0;

/** A request's hold on the process. */
export class SocketUnref {
  readonly #token = `${++count}-${Math.random().toString(36).slice(2)}`;
  #holds: boolean;

  constructor() {
    this.#holds = isProcess();
    if (!this.#holds) return;
    listen();
    waiting.set(this.#token, this);
  }

  /** To be sent with the request. */
  get headers(): Readonly<Record<string, string>> {
    return waiting.has(this.#token) ? { [HEADER]: this.#token } : {};
  }

  /** Whether the process waits for the answer; certain once the answer has begun. */
  get keepsProcessAlive(): boolean {
    return this.#holds;
  }

  /** @internal */
  unref(socket: Sent['socket']): void {
    if (!socket?.unref) return;
    socket.unref();
    this.#holds = false;
  }

  /** The request has been sent, or never will be. */
  done(): void {
    waiting.delete(this.#token);
  }
}

/** The same fetch without a hold on the process, where that can be had. */
export function withUnref(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const socketUnref = new SocketUnref();
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(socketUnref.headers)) headers.set(name, value);
    try {
      return await fetch(input, { ...init, headers });
    } finally {
      socketUnref.done();
    }
  };
}

/** Whether it is known beforehand that an answer holds the process: Deno and Bun have sockets of their own. */
export function cannotUnref(): boolean {
  const { process, Deno } = globalThis as Runtime;
  return Deno !== undefined || process?.versions?.bun !== undefined;
}

/** A page in a browser ends when it is closed, whatever it waits for. */
function isProcess(): boolean {
  const { process, Deno } = globalThis as Runtime;
  return Deno !== undefined || process?.versions?.node !== undefined;
}

function listen(): void {
  if (isListening) return;
  isListening = true;
  const channels = (globalThis as Runtime).process?.getBuiltinModule?.('node:diagnostics_channel');
  channels?.subscribe?.('undici:client:sendHeaders', message => {
    const { request, socket } = message as Sent;
    const { headers } = request ?? {};
    if (waiting.size === 0 || !Array.isArray(headers)) return;
    const at = headers.indexOf(HEADER);
    if (at >= 0) waiting.get(String(headers[at + 1]))?.unref(socket);
  });
}
