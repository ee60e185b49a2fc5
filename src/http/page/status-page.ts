// The status page as built from src/page: its module, loaded when a browser first asks for the page, and its assets.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { turn } from '../../concurrency/by-pieces.js';
import type { UtcOffset } from './utc-offsets.js';

/** Beside the program, where scripts/page.mjs puts it. */
const FOLDER = new URL('../../../dist/page/', import.meta.url);

/** What the page is drawn from: what /cluster_health and /alerts?detail=true say, and who says it. */
export interface StatusPageState {
  readonly title: string;
  readonly description: string | undefined;
  /** The page is for the public: it asks the public endpoints and offers no action. */
  readonly readOnly: boolean;
  readonly version: string;
  readonly node: string;
  /** Our local time minus UTC at the moment it is drawn, in minutes. */
  readonly utcOffset: number;
  /** The same over the changes of the clock around it. */
  readonly offsets: readonly UtcOffset[];
  /** The page's address below ours, without a slash in front: empty, `ui/incidents`. */
  readonly path: string;
  /** The request's query string. */
  readonly query: string;
  readonly health: unknown;
  readonly alerts: unknown;
  readonly announcements: unknown;
  readonly maintenance: unknown;
}

/** What scripts/page.mjs writes down of a build. */
interface Manifest {
  readonly script: string;
  readonly style: string;
  readonly theme: string;
  readonly preload: readonly string[];
  /** All assets' names. */
  readonly files: readonly string[];
}

export interface StatusPage {
  /** Names of the assets there are. */
  readonly files: ReadonlySet<string>;
  /** Whether there is a view at an address below ours: `ui/incidents`. @param isPublic of those for the public */
  hasView(path: string, isPublic: boolean): boolean;
  /** The page as HTML. */
  draw(state: StatusPageState): Promise<string>;
}

interface PageModule {
  hasView(path: string, isPublic: boolean): boolean;
  render(state: StatusPageState, assets: Manifest, turn: () => Promise<void>): Promise<string>;
}

let loading: Promise<StatusPage | undefined> | undefined;

/** The page; undefined when the program was built without it. Loaded once. */
export function statusPage(): Promise<StatusPage | undefined> {
  loading ??= load();
  return loading;
}

async function load(): Promise<StatusPage | undefined> {
  const manifest = await readFile(new URL('manifest.json', FOLDER), 'utf8').catch(() => undefined);
  if (manifest === undefined) return undefined;
  const assets = JSON.parse(manifest) as Manifest;
  const { render, hasView } = (await import(new URL('server.js', FOLDER).href)) as PageModule;
  return { files: new Set(assets.files), hasView, draw: state => render(state, assets, turn) };
}

/** An asset's bytes. @param name one of {@link StatusPage.files} @param ending of its compressed copy, or empty */
export function readAsset(name: string, ending: '' | '.br' | '.gz'): Promise<Buffer> {
  return readFile(fileURLToPath(new URL(`assets/${name}${ending}`, FOLDER)));
}
