// The headers that credentials become, made for each request: a secret in a file is the one that is there now.

import { validateHeaderName, validateHeaderValue } from 'node:http';
import { revealed } from '../../model/secret.js';
import { FileSecret } from '../file-secret.js';
import type { HttpClientConfig } from './config.js';

/** What an `<http_config>` adds: credentials and `headers`. @throws a line that names the secret's file */
export function configuredHeaders({
  basic_auth: basic,
  authorization,
  headers,
}: HttpClientConfig): Record<string, string> {
  const all: Record<string, string> = {};
  if (basic) {
    all.authorization = basicAuth(revealed(basic.username), basic.password?.reveal() ?? '');
  } else if (authorization?.credentials) {
    all.authorization = `${authorization.type} ${authorization.credentials.reveal()}`;
  }
  for (const [name, value] of Object.entries(headers ?? {})) all[name.toLowerCase()] = value.reveal();
  return all;
}

/** The credentials that stand in a URL; undefined where there are none. */
export function userInfoOf(url: URL): UserInfo | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const [username, password] = [decoded(url.username), decoded(url.password)];
  return { password, header: basicAuth(username, password) };
}

interface UserInfo {
  readonly password: string;
  /** The value of `Authorization`. */
  readonly header: string;
}

function basicAuth(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Whether a header's secret is in a file, so that the next request may be another one. */
export function isInFiles({ basic_auth: basic, authorization, headers }: HttpClientConfig): boolean {
  const all = [basic?.username, basic?.password, authorization?.credentials, ...Object.values(headers ?? {})];
  return all.some(each => each instanceof FileSecret);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that stands for itself.
    return text;
  }
}

/**
 * Headers as they are written, a byte per character: text beyond ASCII goes out as UTF-8, as Go sends it.
 * @throws a line that names the header that cannot be sent, without its value
 */
export function writtenHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => {
    const bytes = Buffer.from(value).toString('latin1');
    validateHeaderName(name);
    validateHeaderValue(name, bytes);
    return [name, bytes];
  });
  return Object.fromEntries(entries);
}
