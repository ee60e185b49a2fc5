// Whether SQLite's native module is there. The store keeps going in memory when a disk fails; a program that was
// installed without the module has to say so at once instead.

import { Database } from './sqlite.js';

/** Loads the native module; quick when it has been loaded. @throws the module loader's error */
export function loadNative(): void {
  new Database(':memory:').close();
}
