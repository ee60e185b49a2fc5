// Where the monitor is reached: by programs on this machine, by people, and by browsers that may ask it. Comes in: where it
// listens, flags and configuration; goes out: URLs, the label `instance`, what alerts link to, and the policy for requests of
// browsers.

import { hostname } from 'node:os';
import type { AccessPolicy } from '../http/access.js';
import type { Exposition } from '../metrics/exposition.js';
import type { OwnMetrics } from '../metrics/own.js';
import type { Configuration } from './configuration.js';
import type { CommandLineSettings } from './settings.js';

/** An address that stands for all of the machine's, and its colon. */
const EVERY_ADDRESS = /^(\[::\]|0\.0\.0\.0):/;

interface AddressesOptions {
  readonly settings: Pick<CommandLineSettings, 'listen' | 'externalUrl'>;
  readonly configuration: () => Configuration;
  readonly own: OwnMetrics;
  readonly exposition: Exposition;
}

export class Addresses {
  readonly #options: AddressesOptions;
  #scheme = 'http';
  /** `HOST:PORT`; empty before it listens. */
  #listening = '';

  constructor(options: AddressesOptions) {
    this.#options = options;
  }

  /** It listens now. @param address `HOST:PORT` */
  setListening(address: string, scheme: 'http' | 'https'): void {
    this.#listening = address;
    this.#scheme = scheme;
  }

  /** Where it can be asked from this machine, `http://HOST:PORT`; empty before it listens. */
  get url(): string {
    return this.#listening && `${this.#scheme}://${this.#local}`;
  }

  get #local(): string {
    return this.#listening.replace(EVERY_ADDRESS, 'localhost:');
  }

  /** The label `instance`: of several monitors that share the services each has its own, also where all listen everywhere. */
  get instance(): string {
    const { shard } = this.#options.configuration();
    return shard ? this.#listening.replace(EVERY_ADDRESS, `${hostname()}:`) : this.#local;
  }

  /** Where people reach the monitor, without a slash at the end. */
  get externalUrl(): string {
    return this.#options.settings.externalUrl ?? this.url;
  }

  /** Annotations of alerts ask for these series; a Prometheus that scrapes us finds them too. */
  updateLinks(): void {
    const { configuration, own, exposition } = this.#options;
    const { grafana, runbook } = configuration().links;
    const url = this.externalUrl;
    own.setLinks({
      runbook: runbook ?? `${url}/runbook`,
      dashboards: grafana === undefined ? `${url}/dashboards?uid=` : `${grafana}/d/`,
    });
    exposition.markChanged();
  }

  /** The policy for requests of browsers. */
  access(): AccessPolicy {
    const { settings, configuration } = this.#options;
    const { node, web, page } = configuration();
    const { host = '' } = settings.listen;
    return {
      ...web,
      externalUrl: this.externalUrl,
      isExternalUrlGiven: settings.externalUrl !== undefined,
      isReadOnly: page.readOnly,
      names: [node, host],
    };
  }
}
