// Sections of a configuration as tables of Markdown. Comes in: sections with a heading each; goes out: a page.

import type { z } from 'zod';
import { type Key, keysOf } from './keys.js';

export interface ReferencePart {
  /** `services.ID`. */
  readonly path: string;
  readonly title: string;
  readonly schema: z.ZodObject;
}

/** Keys that many sections have: they stand once, and the sections name them. */
export interface SharedKeys {
  readonly title: string;
  /** Their schemas, as they are spread into sections. */
  readonly shape: z.ZodRawShape;
}

/** Sections that stand in several places: described once, under their titles. */
type SharedSections = ReadonlyMap<z.ZodObject, string>;

export function referencePage(
  parts: readonly ReferencePart[],
  shared: readonly SharedKeys[],
  sections: SharedSections,
): string {
  return parts.map(part => partText(part, shared, sections)).join('\n');
}

function partText(part: ReferencePart, shared: readonly SharedKeys[], sections: SharedSections): string {
  const all = keysOf(part.schema);
  const isShared = ({ name }: Key) =>
    shared.find(({ title, shape }) => title !== part.title && part.schema.shape[name] === shape[name]);
  const own = all.filter(key => !isShared(key));
  const borrowed = new Set(all.flatMap(key => isShared(key)?.title ?? []));
  const lines = [
    `## ${part.title}`,
    '',
    '| key | type | default | meaning | example |',
    '|---|---|---|---|---|',
  ];
  for (const key of own) lines.push(row(key, key.section && sections.get(key.section.schema)));
  lines.push('');
  const links = [...borrowed].map(title => `[${title}](#${anchor(title)})`);
  if (links.length > 0) lines.push(`Besides, the keys of ${links.join(', ')}.`, '');
  const nested = own.filter(({ section }) => section && !sections.has(section.schema));
  const inner = nested.map(({ name, section }) => {
    const path = `${part.path ? `${part.path}.` : ''}${name}${section?.isList ? '[]' : ''}`;
    return partText({ path, title: `\`${path}\``, schema: section?.schema as z.ZodObject }, shared, sections);
  });
  return [lines.join('\n'), ...inner].join('\n');
}

function row(key: Key, sharedTitle: string | undefined): string {
  const { name, type, isRequired, fallback, about } = key;
  const must = isRequired ? 'required' : (fallback ?? '');
  const link = sharedTitle === undefined ? type : `[${type}](#${anchor(sharedTitle)})`;
  const example = about?.example === undefined ? '' : `\`${inline(about.example)}\``;
  const cells = [`\`${name}\``, link, must, about?.description ?? '', example];
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** A value in YAML's flow style. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{ ${Object.entries(value)
      .map(([key, each]) => `${key}: ${inline(each)}`)
      .join(', ')} }`;
  const text = String(value);
  if (typeof value !== 'string' || /^[A-Za-z][\w ./@-]*$|^https?:\/\/\S+$/.test(text)) return text;
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}

/** As GitHub makes it of a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
