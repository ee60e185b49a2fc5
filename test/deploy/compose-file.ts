// docker-compose.yml as Compose reads it, its variables filled in.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, load, mergeTag, Schema } from 'js-yaml';
import { ROOT } from './tool.js';

export interface ComposeService {
  image: string;
  build?: string;
  hostname?: string;
  profiles?: string[];
  entrypoint?: string[];
  command?: string[];
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes: Record<string, null>;
}

/** Compose takes `<<`. */
const COMPOSE = new Schema([...CORE_SCHEMA.tags, mergeTag]);

/** A file of the project. */
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** A file with its variables filled in: each default, unless `variables` has a value for it. */
export function composeFile(
  variables: Readonly<Record<string, string>> = {},
  path = 'docker-compose.yml',
): ComposeFile {
  return load(filledIn(read(path), variables), { schema: COMPOSE }) as ComposeFile;
}

/** `${NAME:-default}`, also within a default, as the Compose specification has it ("Interpolation"). */
function filledIn(text: string, variables: Readonly<Record<string, string>>): string {
  const next = text.replace(
    /\$\{(\w+):-((?:[^{}$]|\$(?!\{))*)\}/g,
    (_, name: string, other: string) => variables[name] || other,
  );
  return next === text ? text : filledIn(next, variables);
}
