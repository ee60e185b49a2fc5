// The URL of a target, as Go prints it. Source: Go's net/url, Prometheus' scrape/target.go.

import type { Labels } from '../../model/labels.js';

const PARAMETER = '__param_';

/** What a target's labels say of its URL, with the parameters of its job. */
export function targetUrl(labels: Labels, jobParams: Readonly<Record<string, readonly string[]>>): string {
  const params = new Map(Object.entries(jobParams).map(([name, values]) => [name, [...values]]));
  for (const [label, value] of labels.pairs()) {
    if (!label.startsWith(PARAMETER)) continue;
    const name = label.slice(PARAMETER.length);
    const values = params.get(name);
    if (values && values.length > 0) values[0] = value;
    else params.set(name, [value]);
  }
  const path = escapePath(labels.get('__metrics_path__'));
  const slash = path !== '' && !path.startsWith('/') ? '/' : '';
  const query = encodeQuery(params);
  const scheme = labels.get('__scheme__');
  return `${scheme && `${scheme}:`}//${escapeHost(labels.get('__address__'))}${slash}${path}${query && `?${query}`}`;
}

/** Marks that may stand in a host stay. */
function escapeHost(address: string): string {
  return address.replace(/[^\w.~!$&'()*+,;=:[\]<>"-]+/g, encode);
}

function escapePath(path: string): string {
  return encode(path).replace(/%(?:24|26|2B|2C|2F|3A|3B|3D|40)/g, decodeURIComponent);
}

/** Names sorted, the values of each in their order. */
function encodeQuery(params: ReadonlyMap<string, readonly string[]>): string {
  const names = [...params.keys()].sort();
  const pairs = names.flatMap(name =>
    (params.get(name) ?? []).map(value => `${encodeQueryText(name)}=${encodeQueryText(value)}`),
  );
  return pairs.join('&');
}

function encodeQueryText(text: string): string {
  return encode(text).replaceAll('%20', '+');
}

/** All but letters, digits and `-_.~` in percent signs. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
