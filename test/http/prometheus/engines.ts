// A query engine for tests of the HTTP API that records its requests.

import {
  type ApiAnswer,
  type ApiQuery,
  type ByteStream,
  type QueryEngine,
  QueryError,
  type QueryOptions,
} from '../../../src/query/engine.js';

/** An answer whose data is a JSON text. */
export function answerOf(data: string | ByteStream, notes: Partial<Omit<ApiAnswer, 'data'>> = {}): ApiAnswer {
  return { data: typeof data === 'string' ? Buffer.from(data) : data, warnings: [], infos: [], ...notes };
}

/** Data in chunks, with what was read of it. */
export class NotedStream implements ByteStream {
  readonly length: number;
  /** Chunks that were requested. */
  asked = 0;
  /** Whether it was read to its end or closed. */
  isOver = false;
  readonly #pieces: readonly string[];
  readonly #breaksAt: number;

  /** @param pieces ASCII @param breaksAt the piece that is lost */
  constructor(pieces: readonly string[], breaksAt = Number.POSITIVE_INFINITY) {
    this.#pieces = pieces;
    this.#breaksAt = breaksAt;
    this.length = pieces.join('').length;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      for (const piece of this.#pieces) {
        if (this.asked++ === this.#breaksAt) throw new QueryError('unavailable', 'the rest is lost');
        const bytes = Buffer.from(piece);
        yield bytes;
        // Overwritten, so that a chunk that was not sent yet would differ.
        bytes.fill('!');
      }
    } finally {
      this.isOver = true;
    }
  }
}

/** Gives one answer to all requests and records them. */
export class NotingEngine implements QueryEngine {
  readonly questions: ApiQuery[] = [];
  readonly options: QueryOptions[] = [];
  /** The answer to the next requests. */
  reply: (options: QueryOptions) => Promise<ApiAnswer> = async () => answerOf('[]');
  /** Queries of the program itself have no answer. */
  readonly instant = async () => ({ samples: [], warnings: [], infos: [] });
  readonly range = async () => ({ series: [], warnings: [], infos: [] });
  readonly rules = async () => answerOf('{"groups":[]}');
  readonly alerts = async () => answerOf('{"alerts":[]}');

  answer(question: ApiQuery, options: QueryOptions = {}): Promise<ApiAnswer> {
    this.questions.push(question);
    this.options.push(options);
    return this.reply(options);
  }

  async close(): Promise<void> {}
}
