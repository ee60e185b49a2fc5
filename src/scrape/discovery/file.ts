// Targets in files: watched, and read again at intervals. A file that cannot be read keeps its last targets, one that is
// gone has none. Source: Prometheus, discovery/file.

import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { fileProblem } from '../../config/file-problem.js';
import { glob } from '../../config/glob.js';
import type { Millis } from '../../model/time.js';
import type { FileDiscoveryConfig, TargetGroup } from '../config/definition.js';
import type { DiscoveryProvider, OnRefresh } from './provider.js';
import { readTargetFile } from './target-file.js';

/** A file is written in several steps, each of which is an event. */
const SETTLE: Millis = 50;

interface Watched {
  readonly watcher: FSWatcher;
  /** Of the folder: another one may take its name. */
  readonly inode: number;
}

/** The groups of all files are there when the constructor returns. */
export class FileDiscovery implements DiscoveryProvider {
  readonly #config: FileDiscoveryConfig;
  readonly #onRefresh: OnRefresh;
  readonly #timer: NodeJS.Timeout;
  readonly #watched = new Map<string, Watched>();
  /** What each file had when it could be read last. */
  #files = new Map<string, readonly TargetGroup[]>();
  /** The first one of this refresh. */
  #problem: string | undefined;
  #settling: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(config: FileDiscoveryConfig, onRefresh: OnRefresh) {
    this.#config = config;
    this.#onRefresh = onRefresh;
    this.#timer = setInterval(() => this.#refresh(), config.refreshInterval).unref();
    this.#refresh();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#settling);
    for (const { watcher } of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  #refresh(): void {
    if (this.#isClosed) return;
    this.#problem = undefined;
    // Watched before it is read, so that no change falls in between.
    this.#watchFolders();
    this.#files = new Map(this.#paths().map(path => [path, this.#read(path)]));
    this.#onRefresh({ groups: [...this.#files.values()].flat(), problem: this.#problem });
  }

  #paths(): string[] {
    try {
      return [...new Set(this.#config.files.flatMap(pattern => glob(pattern)))];
    } catch (error) {
      // A folder that cannot be read: its files are as they were.
      this.#problem ??= (error as Error).message;
      return [...this.#files.keys()];
    }
  }

  #read(path: string): readonly TargetGroup[] {
    try {
      return readTargetFile(path);
    } catch (error) {
      this.#problem ??= (error as Error).message;
      return this.#files.get(path) ?? [];
    }
  }

  #watchFolders(): void {
    for (const folder of new Set(this.#config.files.map(dirname))) {
      const known = this.#watched.get(folder);
      const inode = inodeOf(folder);
      if (known && known.inode === inode) continue;
      known?.watcher.close();
      this.#watched.delete(folder);
      if (inode !== undefined) this.#watch(folder, inode);
    }
  }

  #watch(folder: string, inode: number): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#changed());
      watcher.on('error', () => this.#changed());
      this.#watched.set(folder, { watcher, inode });
    } catch (error) {
      this.#problem ??= `${folder}: cannot be watched: ${fileProblem(error)}`;
    }
  }

  #changed(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#refresh(), SETTLE).unref();
  }
}

function inodeOf(folder: string): number | undefined {
  try {
    return statSync(folder).ino;
  } catch {
    return undefined;
  }
}
