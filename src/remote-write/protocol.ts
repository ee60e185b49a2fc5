// Messages between the main thread and the thread that sends samples to other storages, beside those of supervision.

import type { MessagePort } from 'node:worker_threads';
import type { RemoteWriteConfig } from './config/definition.js';
import type { RemoteFigures } from './figures.js';
import type { FamilyMetadata } from './message/message.js';
import type { UnqueuedSample } from './unqueued.js';

/** To the thread. */
export type RemoteWriteRequest =
  /** All receivers that there are; secrets are serialized. */
  | {
      readonly type: 'remotes';
      readonly remotes: readonly RemoteWriteConfig[];
      readonly externalLabels: Readonly<Record<string, string>>;
    }
  /** Where samples are read from now on. */
  | { readonly type: 'store'; readonly port: MessagePort }
  /** What is known of metric families by now. */
  | { readonly type: 'metadata'; readonly families: readonly FamilyMetadata[] }
  /** Samples that are sent at once. */
  | { readonly type: 'unqueued'; readonly samples: readonly UnqueuedSample[] };

/** From the thread. */
export type RemoteWriteEvent =
  /** What has happened since the last such event. */
  | { readonly type: 'figures'; readonly newest: number; readonly remotes: readonly RemoteFigures[] }
  | {
      readonly type: 'log';
      readonly level: 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields: Record<string, unknown>;
    };
