// An engine for the tests of the doors that notes what it is asked.

import type { ApiAnswer, ApiQuestion, QueryEngine, QuestionOptions } from '../../../src/query/engine.js';

const unasked = () => Promise.reject(new Error('the doors ask with answer()'));

/** An answer whose data is a JSON text. */
export function answerOf(data: string, notes: Partial<Omit<ApiAnswer, 'data'>> = {}): ApiAnswer {
  return { data: Buffer.from(data), warnings: [], infos: [], ...notes };
}

/** Answers everything alike and remembers what it was asked. */
export class NotingEngine implements QueryEngine {
  readonly questions: ApiQuestion[] = [];
  readonly options: QuestionOptions[] = [];
  /** What comes of the next questions. */
  reply: (options: QuestionOptions) => Promise<ApiAnswer> = async () => answerOf('[]');
  readonly instant = unasked;
  readonly range = unasked;
  readonly rules = async () => answerOf('{"groups":[]}');
  readonly alerts = async () => answerOf('{"alerts":[]}');

  answer(question: ApiQuestion, options: QuestionOptions = {}): Promise<ApiAnswer> {
    this.questions.push(question);
    this.options.push(options);
    return this.reply(options);
  }

  async close(): Promise<void> {}
}
