// The part of snappyjs that is used; it has no types of its own.

declare module 'snappyjs' {
  /** In the block format, whose first bytes are the length. */
  export function compress(bytes: Uint8Array): Uint8Array;
  /** @throws Error when they are not compressed */
  export function uncompress(bytes: Uint8Array): Uint8Array;
  const snappy: { compress: typeof compress; uncompress: typeof uncompress };
  export default snappy;
}
