// Why a text is no YAML, in a line that may be printed: a password without quotes may begin with a sign that YAML takes
// for something of its own, and the library names what stands behind it.

const REPEATING: readonly (readonly [form: RegExp, instead: string])[] = [
  [/^unidentified alias\b.*/s, 'an alias (*NAME) of nothing; a text that begins with "*" must be in quotes'],
  [
    /^(unknown \w+ tag|undeclared tag handle|tag name cannot contain such characters|cannot resolve a node with)\b.*/s,
    'a tag (!NAME) that is not known; a text that begins with "!" must be in quotes',
  ],
];

/** The library's reason without any of the text itself. */
export function yamlReason(reason: string): string {
  return REPEATING.reduce((rest, [form, instead]) => rest.replace(form, instead), reason);
}
