// What is in src/: the modules of the program, and the page, which has a bundle of its own.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PAGE } from './page.mjs';

/** Paths below a folder, sorted. @returns `modules` are TypeScript without the page, `page` is all there is of it */
export function sourcesOf(folder) {
  const all = files(folder);
  const page = all.filter(path => path.startsWith(`${PAGE}/`));
  const modules = all.filter(path => !page.includes(path) && path.endsWith('.ts') && !path.endsWith('.d.ts'));
  return { modules, page };
}

/** Paths of the files below a folder, relative to it, sorted. */
export function files(folder, prefix = '') {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .flatMap(entry => {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? files(folder, path) : [path];
    })
    .sort();
}
