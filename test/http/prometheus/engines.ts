// An engine for the tests of the doors that notes what it is asked.

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

/** Data that comes piece by piece, and what became of it. */
export class NotedStream implements ByteStream {
  readonly length: number;
  /** Pieces that were asked for. */
  asked = 0;
  /** Whether it was read to its end or left. */
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
        // Handed back: what had not been sent yet would be seen.
        bytes.fill('!');
      }
    } finally {
      this.isOver = true;
    }
  }
}

/** Answers everything alike and remembers what it was asked. */
export class NotingEngine implements QueryEngine {
  readonly questions: ApiQuery[] = [];
  readonly options: QueryOptions[] = [];
  /** What comes of the next questions. */
  reply: (options: QueryOptions) => Promise<ApiAnswer> = async () => answerOf('[]');
  /** What the program asks of its own accord has no answer. */
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
