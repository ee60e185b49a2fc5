// The values of a multipart/form-data body. Comes in: bytes and the boundary; goes out: names and texts.
// Source: RFC 7578 and RFC 2046, section 5.1; read as leniently as Go's mime/multipart does.

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** What one part of the body says. */
interface Part {
  readonly name: string;
  readonly isFile: boolean;
  readonly text: string;
}

/** No multipart form; the message says where it is broken. */
export class MultipartError extends Error {}

/** The boundary in a `content-type`; undefined when that is not of a multipart form or has none. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^\s*multipart\/form-data\s*(?:;|$)/i.test(contentType)) return undefined;
  return parameterOf(contentType, 'boundary') ?? '';
}

/** Names and values of the parts, in their order; files are left out, as Go keeps them apart. @throws MultipartError */
export function multipartValues(body: Buffer, boundary: string): (readonly [name: string, value: string])[] {
  if (boundary === '') throw new MultipartError('no multipart boundary param in Content-Type');
  return partsOf(body, boundary)
    .map(partOf)
    .filter(part => part !== undefined && !part.isFile)
    .map(part => [(part as Part).name, (part as Part).text] as const);
}

/** The bytes between two delimiter lines, without the line end that belongs to the second. */
function partsOf(body: Buffer, boundary: string): Buffer[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  let from: number | undefined;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    const line = delimiterLine(body, at, at + delimiter.length);
    if (!line) continue;
    if (from !== undefined) parts.push(body.subarray(from, Math.max(from, withoutNewline(body, at))));
    if (line.isLast) return parts;
    from = line.end;
  }
  throw new MultipartError('the closing boundary is missing');
}

/** Whether a delimiter is a line of its own, which one, and where the next line begins. */
function delimiterLine(
  body: Buffer,
  at: number,
  end: number,
): { readonly isLast: boolean; readonly end: number } | undefined {
  if (at > 0 && body[at - 1] !== NEWLINE) return undefined;
  const newline = body.indexOf(NEWLINE, end);
  const rest = body.toString('latin1', end, newline < 0 ? body.length : newline);
  if (/^--[ \t\r]*$/.test(rest)) return { isLast: true, end: body.length };
  return newline >= 0 && /^[ \t\r]*$/.test(rest) ? { isLast: false, end: newline + 1 } : undefined;
}

function withoutNewline(body: Buffer, end: number): number {
  if (body[end - 1] !== NEWLINE) return end;
  return body[end - 2] === RETURN ? end - 2 : end - 1;
}

/** Undefined for a part that is none of a form's: one without a name. */
function partOf(bytes: Buffer): Part | undefined {
  const text = bytes.toString('utf8');
  const blank = /^(?:[^\r\n]+\r?\n)*?\r?\n/.exec(text);
  if (!blank) throw new MultipartError('a part has no blank line after its header');
  const header = /^content-disposition:[ \t]*(form-data\b.*(?:\r?\n[ \t].*)*)/im.exec(blank[0])?.[1];
  const name = header && parameterOf(header, 'name');
  if (name === undefined || name === '') return undefined;
  const isFile = parameterOf(header as string, 'filename') !== undefined;
  return { name, isFile, text: text.slice(blank[0].length) };
}

/** A parameter of a header's value, quoted or not. */
function parameterOf(header: string, name: string): string | undefined {
  const found = [...header.matchAll(/;\s*([^\s;="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g)].find(
    ([, key]) => key?.toLowerCase() === name,
  );
  return found && (found[2]?.replace(/\\(.)/g, '$1') ?? found[3] ?? '');
}
