// A large body as JSON, printed in short pieces: of a thousand services it takes as long as several checks.

import { TimeSlicer } from '../concurrency/time-slicer.js';

/** Members from which on an object or array is printed one after the other. */
const MANY = 100;
/** Levels at which such ones are looked for. */
const DEPTH = 4;

/** What JSON.stringify gives for plain data. */
export async function jsonByPieces(value: unknown): Promise<string> {
  return (await print(value, DEPTH, new TimeSlicer())) ?? 'null';
}

async function print(value: unknown, depth: number, slicer: TimeSlicer): Promise<string | undefined> {
  if (depth === 0 || !isLarge(value, depth)) return JSON.stringify(value);
  if (slicer.isLong) await slicer.yieldIfDue();
  const isList = Array.isArray(value);
  const parts: string[] = [];
  for (const [key, each] of Object.entries(value as object)) {
    const text = await print(each, depth - 1, slicer);
    if (isList) parts.push(text ?? 'null');
    else if (text !== undefined) parts.push(`${JSON.stringify(key)}:${text}`);
    if (slicer.isLong) await slicer.yieldIfDue();
  }
  return isList ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}

/** Whether it has many members, or one of them has. */
function isLarge(value: unknown, depth: number): boolean {
  if (!isPlain(value)) return false;
  const members = Object.values(value);
  return members.length >= MANY || (depth > 1 && members.some(each => isLarge(each, depth - 1)));
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
