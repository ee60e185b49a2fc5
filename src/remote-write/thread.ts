// The thread that sends samples to other storages: neither checks nor answers wait for messages to be made.

import {
  type SupervisedEvent,
  type SupervisorRequest,
  supervised,
} from '../concurrency/supervised-thread.js';
import { reviveSecrets } from '../config/secret-transfer.js';
import type { Millis } from '../model/time.js';
import type { RemoteWriteEvent, RemoteWriteRequest } from './protocol.js';
import { Remotes } from './remotes.js';

/** How often the main thread gets what was counted. */
const REPORT_INTERVAL: Millis = 1000;
/** At the end, requests that are under way may be acknowledged for so long. */
const PATIENCE: Millis = 1000;

const { port } = supervised<undefined>();

function send(event: RemoteWriteEvent | SupervisedEvent): void {
  port.postMessage(event);
}

const remotes = new Remotes(send);
const reporting = setInterval(() => remotes.report(), REPORT_INTERVAL);

async function close(): Promise<void> {
  await remotes.close(PATIENCE);
  clearInterval(reporting);
  port.close();
}

port.on('message', (request: RemoteWriteRequest | SupervisorRequest) => {
  switch (request.type) {
    case 'remotes':
      remotes.configure(
        request.remotes.map(config => ({
          text: JSON.stringify([config, request.externalLabels]),
          config: { ...config, http: reviveSecrets(config.http) },
        })),
        request.externalLabels,
      );
      break;
    case 'store':
      remotes.connect(request.port);
      break;
    case 'metadata':
      remotes.setFamilies(request.families);
      break;
    case 'unqueued':
      remotes.sendUnqueued(request.samples);
      break;
    case 'ping':
      send({ type: 'pong' });
      break;
    case 'close':
      void close();
  }
});
