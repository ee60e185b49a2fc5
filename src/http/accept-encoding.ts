// Which compression a client accepts. Source: RFC 9110, Accept-Encoding.

/** True when gzip is among what a client accepts. @param header its Accept-Encoding */
export function wantsGzip(header: string | undefined): boolean {
  const gzip = /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=([\d.]+))?/i.exec(header ?? '');
  return gzip !== null && Number(gzip[1] ?? 1) > 0;
}

/** True when brotli is named among what a client accepts. @param header its Accept-Encoding */
export function wantsBrotli(header: string | undefined): boolean {
  const brotli = /(?:^|,)\s*br\s*(?:;\s*q=([\d.]+))?\s*(?:,|$)/i.exec(header ?? '');
  return brotli !== null && Number(brotli[1] ?? 1) > 0;
}
