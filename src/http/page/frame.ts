// What every page has around it: head, style, and the rules by which a browser loads nothing from outside.

import type { RouteResult } from '../route.js';
import { type Html, html } from './html.js';

/** Nothing but our own script, style and answers. Who may frame the page is configured, see {@link framed}. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  'img-src data:',
  "base-uri 'none'",
].join('; ');

/** The headers of every page. */
export const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

const POLICY_NAME = 'content-security-policy';

/** A reply whose policy, where it has one, says who may frame it. @param ancestors sources, as the policy has them */
export function framed(reply: RouteResult, ancestors: string): RouteResult {
  const policy = reply.headers?.[POLICY_NAME];
  if (policy === undefined) return reply;
  const headers = { ...reply.headers, [POLICY_NAME]: `${policy}; frame-ancestors ${ancestors}` };
  return { ...reply, headers };
}

/** A whole page. Links in it are relative, so that it also works below a proxy's path. */
export function page(title: string, content: Html, script?: string): RouteResult {
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
