// What every page has around it: head, style, and the rules by which a browser loads nothing from outside.

import type { Reply } from '../route.js';
import { type Html, html } from './html.js';

/** Nothing but our own script, style and answers; nobody may frame us. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  'img-src data:',
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The headers of every page. */
export const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

/** A whole page. Links in it are relative, so that it also works below a proxy's path. */
export function page(title: string, content: Html, script?: string): Reply {
  const text = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
${script === undefined ? undefined : html`<script src="${script}" defer></script>`}
</head>
<body>
${content}
</body>
</html>
`;
  return { type: 'text/html; charset=utf-8', headers: PAGE_HEADERS, body: text.text };
}
