// The status page as built from src/page: its module, loaded when a browser first asks for the page, and its assets.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { yieldToEventLoop } from '../../concurrency/time-slicer.js';
import type { PageSettings } from './settings.js';
import type { UtcOffset } from './utc-offsets.js';

/** Beside the program, where scripts/page.mjs puts it. */
const FOLDER = new URL('../../../dist/page/', import.meta.url);

/** What the page is drawn from: what /cluster_health and /alerts?detail=true say, and version and node of the monitor. */
interface StatusPageState {
  readonly title: string;
  readonly description: string | undefined;
  /** The page is for the public: it asks the public endpoints and offers no action. */
  readonly readOnly: boolean;
  readonly version: string;
  readonly node: string;
  /** See {@link pageBuild}. */
  readonly build: string;
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

/** Of an asset's compressed copy; empty: not compressed. */
type Ending = '' | '.br' | '.gz';

export interface StatusPage {
  /** Names of the assets there are. */
  readonly files: ReadonlySet<string>;
  /** Whether there is a view at an address below ours: `ui/incidents`. @param isPublic of those for the public */
  hasView(path: string, isPublic: boolean): boolean;
  /** The page as HTML. */
  draw(state: StatusPageState): Promise<string>;
  /** An asset's bytes; undefined where there is no such copy. @param name one of {@link files} @param ending of the copy */
  asset(name: string, ending: Ending): Promise<Buffer | undefined>;
}

interface PageModule {
  hasView(path: string, isPublic: boolean): boolean;
  render(state: StatusPageState, assets: Manifest, turn: () => Promise<void>): Promise<string>;
}

const MANIFEST = new URL('manifest.json', FOLDER);
const unzip = promisify(gunzip);

let loading: Promise<StatusPage | undefined> | undefined;
/** The manifest of the build that is served; empty where there is none. */
let served: string | undefined;

/** The page; undefined when the program was built without it. Loaded once. */
export function statusPage(): Promise<StatusPage | undefined> {
  loading ??= load();
  return loading;
}

async function load(): Promise<StatusPage | undefined> {
  const manifest = await readFile(MANIFEST, 'utf8').catch(() => undefined);
  served = manifest ?? '';
  if (manifest === undefined) return undefined;
  const assets = JSON.parse(manifest) as Manifest;
  const { render, hasView } = (await import(new URL('server.js', FOLDER).href)) as PageModule;
  const zipped = new Map<string, Buffer>();
  for (const name of assets.files) {
    // Without a copy it is served as long as it is on disk.
    const bytes = await readAsset(name, '.gz').catch(() => undefined);
    if (bytes) zipped.set(name, bytes);
  }
  return {
    files: new Set(assets.files),
    hasView,
    draw: state => render(state, assets, yieldToEventLoop),
    asset: (name, ending) => readAsset(name, ending).catch(() => remembered(zipped.get(name), ending)),
  };
}

/** An asset's bytes on disk. @param ending of its compressed copy, or empty */
function readAsset(name: string, ending: Ending): Promise<Buffer> {
  return readFile(fileURLToPath(new URL(`assets/${name}${ending}`, FOLDER)));
}

/** From the copy in memory, after the build on disk was replaced. */
async function remembered(zipped: Buffer | undefined, ending: Ending): Promise<Buffer | undefined> {
  if (zipped === undefined || ending === '.gz') return zipped;
  return ending === '' ? unzip(zipped) : undefined;
}

/**
 * Names the page that is served: its scripts, and the settings it is drawn with. A page that was drawn with another one is out
 * of date. @returns empty where there is no page
 */
export function pageBuild({ title, description, readOnly }: PageSettings): string {
  served ??= readManifest();
  if (served === '') return '';
  const named = JSON.stringify([served, title, description, readOnly]);
  return createHash('sha256').update(named).digest('hex').slice(0, 16);
}

function readManifest(): string {
  try {
    return readFileSync(MANIFEST, 'utf8');
  } catch {
    return '';
  }
}

/** The header that says so in answers to checks. */
export function buildHeader(settings: PageSettings): Readonly<Record<string, string>> {
  const build = pageBuild(settings);
  return build === '' ? {} : { 'page-build': build };
}
