// Where configuration files hold secrets, found by asking the schemas and decoders themselves: a secret that is added to
// one of them is found without a list being changed.

import type { z } from 'zod';
import { readGlobal } from '../../src/alertmanager/config/global.js';
import { TemplateDecoder } from '../../src/alertmanager/config/template-decoder.js';
import { receiverKinds } from '../../src/alertmanager/receivers/index.js';
import { monitorYml } from '../../src/app/configuration-schema.js';
import { type Field, isAbsent } from '../../src/config/decode.js';
import { schemaKit } from '../../src/config/schema-kit.js';
import { parseYamlTree, type YamlNode } from '../../src/config/yaml-tree.js';
import { Secret } from '../../src/model/secret.js';
import { kinds } from '../../src/probes/kinds/index.js';
import { parseModelDuration } from '../../src/promql/duration.js';

/** Keys from the top of a section down; `*` is any name, `0` an item of a list. */
export type KeyPath = readonly string[];

/** What a section holds. */
export interface FoundKeys {
  readonly secrets: KeyPath[];
  readonly all: KeyPath[];
}

const PROBE = 'zebra';

/** The keys of a schema. */
export function keysOfSchema(schema: z.ZodType): FoundKeys {
  const found: FoundKeys = { secrets: [], all: [] };
  const walk = (each: z.core.$ZodType, path: KeyPath): void => {
    // A function of the code; what it makes of the value has no keys.
    if (each._zod.def.type === 'transform') return;
    const parsed = (each as z.ZodType).safeParse(PROBE);
    if (parsed.success && parsed.data instanceof Secret) {
      found.secrets.push(path);
      return;
    }
    const { def } = each._zod as unknown as { def: Record<string, unknown> & { type: string } };
    if (def.type === 'object')
      for (const [key, inner] of Object.entries(def.shape as Record<string, z.core.$ZodType>)) {
        found.all.push([...path, key]);
        walk(inner, [...path, key]);
      }
    if (def.type === 'array') walk(def.element as z.core.$ZodType, [...path, '0']);
    if (def.type === 'record') walk(def.valueType as z.core.$ZodType, [...path, '*']);
    if (def.type === 'union') for (const option of def.options as z.core.$ZodType[]) walk(option, path);
    if (def.type === 'pipe') for (const end of [def.in, def.out]) walk(end as z.core.$ZodType, path);
    if (def.innerType) walk(def.innerType as z.core.$ZodType, path);
  };
  walk(schema, []);
  const distinct = (paths: readonly KeyPath[]) =>
    [...new Set(paths.map(path => JSON.stringify(path)))].map(text => JSON.parse(text) as KeyPath);
  return { secrets: distinct(found.secrets), all: distinct(found.all) };
}

/** The keys of monitor.yml above its services, and of each kind of service. */
export const monitorKeys = (): FoundKeys => keysOfSchema(monitorYml);
export const serviceKeys = (): ReadonlyMap<string, FoundKeys> =>
  new Map(kinds.map(({ kind, options }) => [kind, keysOfSchema(options(schemaKit))]));

/** Remembers which keys are asked for in which mapping. */
class SpyDecoder extends TemplateDecoder {
  readonly keys = new Map<YamlNode, readonly string[]>();

  override fields<Key extends string>(node: Field, type: string, keys: readonly Key[]) {
    if (!isAbsent(node)) this.keys.set(node, keys);
    return super.fields(node, type, keys);
  }

  override entries(node: Field, type: string): [name: string, value: YamlNode][] {
    if (!isAbsent(node)) this.keys.set(node, ['*']);
    return super.entries(node, type);
  }
}

const DEEPEST = 6;

type Read = (decoder: SpyDecoder, node: Field) => unknown;

/** The keys that a decoder asks for, found by giving it one value after the other. */
export function keysOfDecoder(read: Read): FoundKeys {
  const found: FoundKeys = { secrets: [], all: [] };
  const explore = (path: KeyPath): void => {
    const asked = run(read, path, {});
    const below = asked.decoder.keys.get(asked.node) ?? [];
    const scalar = run(read, path, PROBE);
    const listed = run(read, path, [PROBE]);
    const items = listed.node.kind === 'sequence' ? listed.node.items : [];
    const isSecret = scalar.decoder.secrets.has(scalar.node) && below.length === 0;
    if (items.some(item => listed.decoder.secrets.has(item))) found.secrets.push([...path, '0']);
    else if (isSecret) found.secrets.push(path);
    // Details of a message may be nested without end.
    if (path.length >= DEEPEST) return;
    for (const key of below) {
      found.all.push([...path, key]);
      explore([...path, key]);
    }
  };
  explore([]);
  return found;
}

function run(read: Read, path: KeyPath, value: unknown) {
  const decoder = new SpyDecoder(parseModelDuration, '/nowhere');
  const root = parseYamlTree(JSON.stringify(valueAt(path, value))) as YamlNode;
  read(decoder, root);
  let node = root;
  for (const _ of path)
    node = (
      node.kind === 'mapping' ? node.entries[0]?.value : node.kind === 'sequence' ? node.items[0] : node
    ) as YamlNode;
  return { decoder, node };
}

/** `{a: [{b: value}]}` for `a`, `0`, `b`. */
export function valueAt(path: KeyPath, value: unknown): unknown {
  return path.reduceRight<unknown>(
    (inner, key) => (key === '0' ? [inner] : { [key === '*' ? 'X-Zebra' : key]: inner }),
    value,
  );
}

/** The keys of `global` and of each kind of receiver in alertmanager.yml. */
export const globalKeys = (): FoundKeys => keysOfDecoder((decoder, node) => readGlobal(decoder, node));
export function receiverKeys(): ReadonlyMap<string, FoundKeys> {
  const global = readGlobal(new TemplateDecoder(parseModelDuration), undefined);
  return new Map(
    receiverKinds.map(kind => [kind.key, keysOfDecoder((decoder, node) => kind.read(decoder, node, global))]),
  );
}
