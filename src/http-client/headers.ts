// The headers of a request, made for each one: a secret in a file is the one that is there now.

import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HttpClientConfig } from '../config/http-client.js';
import { revealed } from '../model/secret.js';

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

/** The credentials that stand in a URL. */
export function urlHeaders({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  return { authorization: basicAuth(decoded(username), decoded(password)) };
}

function basicAuth(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
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
