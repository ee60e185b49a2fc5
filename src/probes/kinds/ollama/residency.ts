// Which models are in memory, and until when they would be without the monitor's requests. A request without `keep_alive`
// keeps the duration, but restarts it: a request every five minutes would keep a model in memory for good. One with
// `keep_alive` changes the duration for all requests to come. So requests go to a model for as long as it would be there
// without us, and then not until others use it.
// Sources: Ollama, docs/faq.md, "How do I keep a model loaded in memory or make it unload immediately?"; server/sched.go,
// useLoadedRunner and needsReload.

import { setTimeout as delay } from 'node:timers/promises';
import type { Millis } from '../../../model/time.js';
import { exchange } from '../../http/exchange.js';
import type { PreparedRequest } from '../../http/request.js';
import { type InferenceContext, InferenceSkipped } from '../../inference/task.js';
import { checkStatus, parseJson } from '../http/answer.js';
import { comparedName, type LoadedModel, loadedIn } from './models.js';

/** Two times of expiry that differ by less are the same, in seconds. */
const SAME = 1;
/** A model that stays for longer is kept for good (`keep_alive: -1` is some centuries), in seconds. */
const FOR_GOOD = 365 * 86_400;
/** Ollama sets the expiry once the request has ended. */
const SETTLES_AFTER: Millis = 300;
/** A loaded model is ready in some tens of milliseconds; this long, and Ollama has loaded it again. */
const RELOAD: Millis = 1000;

/** What is known of a model that the monitor has asked. Times of expiry are the server's, in Unix seconds. */
interface KnownModel {
  /** As our last question left it. */
  readonly expires: number;
  /** As it would be if only others had asked. */
  readonly without: number;
}

export class Residency {
  readonly #running: PreparedRequest;
  readonly #known = new Map<string, KnownModel>();
  /** Models whose context length must not be sent, since Ollama loads them again when it is. */
  readonly #withoutContext = new Set<string>();

  /** @param running the request for /api/ps */
  constructor(running: PreparedRequest) {
    this.#running = running;
  }

  /**
   * Makes a question to a model that is in memory, and notes what it does to its expiry.
   * @param ask gets the context length with which the model is loaded, and gives how long loading took
   * @throws InferenceSkipped when it is not in memory, or would not be without us
   */
  async use<T>(
    model: string,
    context: InferenceContext,
    ask: (contextLength: number | undefined) => Promise<{ result: T; loadDuration: Millis }>,
  ): Promise<T> {
    const name = comparedName(model);
    const { loaded, now } = await this.#fetch(name, context);
    if (!loaded) throw new InferenceSkipped('not_loaded');
    const { expires, contextLength } = loaded;
    const isForGood = !(expires - now < FOR_GOOD);
    const known = this.#known.get(name);
    const isOurs = known !== undefined && Math.abs(expires - known.expires) < SAME;
    const without = isOurs ? known.without : expires;
    if (!isForGood && now >= without) throw new InferenceSkipped('idle');
    const length = contextLength > 0 && !this.#withoutContext.has(name) ? contextLength : undefined;
    const noteExpiry = () => (isForGood ? undefined : this.#noteExpiry(name, without, context));
    const { result, loadDuration } = await ask(length).catch((error: unknown) => {
      // A failure does not wait for it.
      void noteExpiry();
      throw error;
    });
    if (loadDuration > RELOAD) this.#reloaded(name);
    await noteExpiry();
    return result;
  }

  /** Ollama compares the context length with the loaded one, in some versions by another measure than it lists. */
  #reloaded(name: string): void {
    if (!this.#withoutContext.delete(name)) this.#withoutContext.add(name);
  }

  async #noteExpiry(name: string, without: number, context: InferenceContext): Promise<void> {
    try {
      await delay(SETTLES_AFTER);
      const { loaded } = await this.#fetch(name, context);
      if (loaded) this.#known.set(name, { expires: loaded.expires, without });
    } catch {
      // The question has its answer; the next one finds another expiry, as if others had asked.
    }
  }

  async #fetch(
    name: string,
    { attempt, connections }: InferenceContext,
  ): Promise<{ loaded: LoadedModel | undefined; now: number }> {
    const answer = await exchange(this.#running, attempt, connections);
    const body = parseJson(answer)?.value;
    // An older server does not have it, and cannot be asked without loading a model.
    if (answer.statusCode !== 404) checkStatus(answer, undefined, body);
    const date = Date.parse(String(answer.headers.date ?? ''));
    const models = [...(loadedIn(body) ?? [])];
    return {
      loaded: models.find(([each]) => comparedName(each) === name)?.[1],
      // Its clock, by which the expiry is, may not be ours.
      now: (Number.isNaN(date) ? Date.now() : date) / 1000,
    };
  }
}
