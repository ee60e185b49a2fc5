// The files that a service's options name (secrets, certificates) are opened in the background before each check: on a
// mount that hangs a read ends no sooner than the mount does, and it would hold all other checks up.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileSecret } from '../config/file-secret.js';
import { TLS_FILES } from '../config/http-client/config.js';
import type { Reason } from '../model/result.js';
import { inferencesOf, type ModelProbe } from './inference/task.js';
import { type Attempt, type Probe, ProbeFailure } from './probe.js';

/** A file, and why a check fails that cannot read it. */
interface NamedFile {
  readonly file: string;
  readonly reason: Reason;
}

/** Opens a file and closes it again. */
type Touch = (file: string) => Promise<void>;

/** Folders that are waited for at once: each holds one of the four threads that Node has for files. */
const MOST_WAITING = 2;

/** Files being opened, one at a time for each folder, since one mount mostly has them all. */
const waiting = new Map<string, Promise<void>>();

const touchFile: Touch = async file => {
  // Without O_NONBLOCK a named pipe would wait for a writer.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  await handle.close();
};

/** The same probe, which fails within its deadline where a file of its options does not answer. */
export function withFiles(probe: Probe, options: unknown, touch: Touch = touchFile): Probe | ModelProbe {
  const files = filesIn(options);
  if (files.length === 0) return probe;
  let haveAnswered = false;
  return {
    run: async attempt => {
      haveAnswered = false;
      await filesAnswer(files, attempt, touch);
      haveAnswered = true;
      await probe.run(attempt);
    },
    // They are read from the files. A probe that did not run said nothing that could have them in it.
    get secrets() {
      return haveAnswered ? (probe.secrets ?? []) : [];
    },
    inferences: inferencesOf(probe),
    close: () => probe.close(),
  };
}

async function filesAnswer(files: readonly NamedFile[], attempt: Attempt, touch: Touch): Promise<void> {
  let current: NamedFile | undefined;
  let isOver = false;
  attempt.onCancel(() => {
    if (!current) return undefined;
    isOver = true;
    return new ProbeFailure(current.reason, `cannot read ${current.file}: its file system does not answer`);
  });
  for (const file of files) {
    current = file;
    await answers(file.file, touch);
    // The probe must not begin after its end.
    if (isOver) throw new ProbeFailure(file.reason, `cannot read ${file.file} in time`);
  }
  current = undefined;
}

/** Resolves when a file has been opened, or could not be: then its reader says why. */
function answers(file: string, touch: Touch): Promise<void> {
  const folder = dirname(file);
  const known = waiting.get(folder);
  if (known) return known;
  if (waiting.size >= MOST_WAITING) return Promise.resolve();
  const opening = touch(file)
    .catch(() => {})
    .finally(() => waiting.delete(folder));
  waiting.set(folder, opening);
  return opening;
}

/** Files of secrets and of `tls_config` anywhere in the options; each once. */
function filesIn(options: unknown): NamedFile[] {
  const found = new Map<string, NamedFile>();
  const visit = (value: unknown, key: string) => {
    if (value instanceof FileSecret) found.set(value.file, { file: value.file, reason: 'auth' });
    else if (typeof value === 'string' && TLS_FILES.includes(key) && value !== '')
      found.set(value, { file: value, reason: 'tls' });
    else if (value !== null && typeof value === 'object')
      for (const [name, item] of Object.entries(value)) visit(item, name);
  };
  visit(options, '');
  return [...found.values()];
}
