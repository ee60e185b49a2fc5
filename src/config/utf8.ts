// Bytes of users' files as text. A file in another encoding would be read as something its author did not write: a
// password with a replacement character in it signs in nowhere.

/** The text, without a byte order mark. @throws Error whose message says what the bytes are, to stand behind a file's name */
export function decodeUtf8(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
    throw new Error('is UTF-16; save it as UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('is not UTF-8; save it as UTF-8');
  }
}
