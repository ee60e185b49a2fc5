// What a text that is no URL lacks, as one line for the author of a configuration. It never repeats the text, which may
// hold a password.

const HOW = 'not a URL; write http://HOST:PORT/PATH or https://...';

/** What is wrong with a text that `URL.canParse` refuses, where that can be seen, and what to write. */
export function notAUrl(text: string): string {
  const authority = /^https?:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(text.trim())?.[1] ?? '';
  if (/^\[[^\]]*%/.test(authority))
    return 'an IPv6 address with a zone (%eth0) cannot stand in a URL; give it a name in /etc/hosts and write that name';
  if (/^[0-9a-f]*:[0-9a-f:.]*:/i.test(authority))
    return 'an IPv6 address stands in brackets in a URL; write http://[ADDRESS]:PORT/PATH';
  const port = /^[^:]*:(\d+)$|\]:(\d+)$/.exec(authority);
  if (Number(port?.[1] ?? port?.[2] ?? 0) > 65_535) return 'not a URL; its port is above 65535';
  return HOW;
}
