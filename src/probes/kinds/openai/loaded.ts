// Whether a model is in memory, where a server loads models when they are asked: LM Studio, llama.cpp's router, and Ollama
// behind OpenAI's API. All others serve what they list.
// Sources: LM Studio, REST API v0, "GET /api/v0/models"; llama.cpp, tools/server/README.md, router mode; Ollama, docs/api.md,
// "List Running Models".

import type { HttpClientConfig } from '../../../config/http-client/config.js';
import type { IpProtocolConfig } from '../../../config/ip-protocol.js';
import { exchange } from '../../http/exchange.js';
import { type PreparedRequest, prepare } from '../../http/request.js';
import { type InferenceContext, InferenceSkipped } from '../../inference/task.js';
import { checkStatus, parseJson } from '../http/answer.js';
import { comparedName, loadedIn } from '../ollama/models.js';
import { type ListedModel, listedModels } from './models.js';
import { openAiUrl } from './urls.js';

type Config = HttpClientConfig & IpProtocolConfig & { readonly url: string; readonly body_limit: number };

type ListName = 'openai' | 'lmStudio' | 'ollama';

/** Owners of models by which such servers are known. */
const LM_STUDIO = 'organization_owner';
const OLLAMA = 'library';

export class LoadedModels {
  readonly #lists: Readonly<Record<ListName, PreparedRequest>>;

  constructor(config: Config) {
    const list = openAiUrl(config.url, 'models');
    this.#lists = {
      openai: prepare(list, config),
      lmStudio: prepare(list.replace(/\/v1\/models(?=\?|$)/, '/api/v0/models'), config),
      ollama: prepare(list.replace(/\/v1\/models(?=\?|$)/, '/api/ps'), config),
    };
  }

  /**
   * The model as it is listed now; undefined for one that is not listed, which a gateway may serve all the same.
   * @throws InferenceSkipped when it is not in memory, ProbeFailure
   */
  async check(model: string, mayLoad: boolean, context: InferenceContext): Promise<ListedModel | undefined> {
    const listed = listedModels(await this.#fetch('openai', context))?.get(model);
    if (mayLoad || !listed) return listed;
    if ((await this.#isLoaded(listed, context)) === false) throw new InferenceSkipped('not_loaded');
    return listed;
  }

  async #isLoaded(listed: ListedModel, context: InferenceContext): Promise<boolean | undefined> {
    const { id, ownedBy, isLoaded } = listed;
    if (ownedBy === LM_STUDIO)
      return listedModels(await this.#fetch('lmStudio', context))?.get(id)?.isLoaded ?? isLoaded;
    if (ownedBy !== OLLAMA) return isLoaded;
    const names = [...(loadedIn(await this.#fetch('ollama', context))?.keys() ?? [])];
    return names.some(name => comparedName(name) === comparedName(id));
  }

  /** The body of one of the lists; undefined where it is no JSON. */
  async #fetch(list: ListName, { attempt, connections }: InferenceContext): Promise<unknown> {
    const answer = await exchange(this.#lists[list], attempt, connections);
    const body = parseJson(answer)?.value;
    if (list === 'openai') checkStatus(answer, undefined, body);
    return body;
  }
}
