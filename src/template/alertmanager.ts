// The functions Alertmanager gives to the templates of its notifications.
// Source: Alertmanager, "Notification template reference"; template/template.go.

import { asList, asText, withArity } from '../go/arguments.js';
import { GoDuration } from '../go/duration.js';
import { goJson } from '../go/json.js';
import { toTitle } from '../go/letter-case.js';
import { asTime, GoTime } from '../go/time.js';
import { timeZone } from '../go/time-zone.js';
import { type GoFunction, SafeText, type Value } from '../go/value.js';
import type { Millis } from '../model/time.js';
import { humanizeDuration } from './humanize.js';
import { textFunctions } from './texts.js';

/** Alertmanager's functions by name. `now` is asked by `since`. */
export function alertmanagerFunctions(now: () => Millis): Map<string, GoFunction> {
  const one = (name: string, body: (value: Value) => Value) => [name, withArity(name, 1, 1, body)] as const;
  const two = (name: string, body: (first: Value, last: Value) => Value) =>
    [name, withArity(name, 2, 2, body)] as const;
  return new Map<string, GoFunction>([
    ...textFunctions,
    one('title', text => title(asText(text))),
    one('trimSpace', text => asText(text).replace(OUTER_SPACE, '')),
    two('join', (separator, list) => asList(list).map(asText).join(asText(separator))),
    one('safeUrl', text => new SafeText(asText(text), 'url')),
    one('urlUnescape', text => unescaped(asText(text))),
    ['stringSlice', (...texts) => texts.map(asText)],
    two('date', (layout, time) => asTime(time).methods.get('Format')?.(layout)),
    two('tz', (name, time) => new GoTime(asTime(time).at, timeZone(asText(name)))),
    one('since', time => new GoDuration((now() - asTime(time).at) / 1000)),
    one('humanizeDuration', humanizeDuration),
    one('toJson', value => goJson(value)),
    // Since 0.32.
    ['list', (...items) => items],
    [
      'append',
      withArity('append', 1, Number.POSITIVE_INFINITY, (list, ...items) => [...asList(list), ...items]),
    ],
    ['dict', dict],
    // Since 0.33 and 0.34.
    ['now', withArity('now', 0, 0, () => new GoTime(now()))],
    one('base64encode', text => Buffer.from(asText(text)).toString('base64')),
  ]);
}

const of034 = 'it is of Alertmanager 0.34 and not supported';

/** Functions of newer Alertmanagers that are not here, and what to say of them. */
export const NEWER_FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['toDate', of034],
  ['mustToDate', of034],
  ['routeLabels', of034],
]);

/** A map of pairs of arguments. */
function dict(...pairs: readonly Value[]): Value {
  if (pairs.length % 2 !== 0) throw new Error('dict wants pairs of a key and a value');
  const map = new Map<string, Value>();
  for (let i = 0; i < pairs.length; i += 2) map.set(asText(pairs[i]), pairs[i + 1]);
  return map;
}

/** Go's unicode.IsSpace, which knows U+0085 and not U+FEFF. */
const OUTER_SPACE = /^(?:[^\S\ufeff]|\x85)+|(?:[^\S\ufeff]|\x85)+$/g;

/** Made when a template asks for it: it brings dictionaries along. */
let segmenter: Intl.Segmenter | undefined;

/** Each word's first letter large, the others small: Go's cases.Title. */
function title(text: string): string {
  segmenter ??= new Intl.Segmenter('en-US', { granularity: 'word' });
  return [...segmenter.segment(text)]
    .map(({ segment }) => {
      const [whole, before, first] = /^(\P{L}*)(\p{L})/u.exec(segment) ?? [];
      if (whole === undefined) return segment.toLowerCase();
      return `${(before as string).toLowerCase()}${large(first as string)}${segment.slice(whole.length).toLowerCase()}`;
    })
    .join('');
}

/** A word's first letter; what has no large form of one character is `Ss` for `ß`, `Fi` for `ﬁ`. */
function large(letter: string): string {
  const one = toTitle(letter);
  if (one !== letter || /[\u10d0-\u10ff]/.test(letter)) return one;
  const [first = '', ...rest] = letter.toUpperCase();
  return first + rest.join('').toLowerCase();
}

/** Go's url.QueryUnescape. */
function unescaped(text: string): string {
  const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text);
  if (wrong) throw new Error(`invalid URL escape ${JSON.stringify(wrong[0])}`);
  const bytes = [...Buffer.from(text.replaceAll('+', ' '))];
  const plain: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const isEscape = bytes[i] === 0x25;
    plain.push(
      isEscape
        ? Number.parseInt(String.fromCharCode(...bytes.slice(i + 1, i + 3)), 16)
        : (bytes[i] as number),
    );
    if (isEscape) i += 2;
  }
  return Buffer.from(plain).toString();
}
