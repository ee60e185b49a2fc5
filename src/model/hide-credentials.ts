// Credentials in texts of other servers: a database's URL with its password, a key that was refused. Ours are known and
// hidden by their value; these are known by their form alone.

const HIDDEN = '<secret>';

const FORMS: readonly (readonly [form: RegExp, instead: string])[] = [
  // user:password@ of a URL
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"'<>]+@/gi, `$1${HIDDEN}@`],
  // Authorization: Bearer ..., and the scheme alone; words without a digit are prose
  [/\b(Bearer|Basic|Token)\s+(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  // password=..., "api_key": "..."; behind "token: " and "key: " stands prose more often than not
  [/((?:password|passwd|pwd|secret)["']?\s*[=:]\s*["']?)(?!<secret>)[^\s"',;&)}\]]{3,}/gi, `$1${HIDDEN}`],
  [
    /((?:api[_-]?key|access[_-]?key|token|signature)(?:["']?[=:]["']?|"\s*:\s*"|["']?\s*[=:]\s*(?=\S*\d)))(?!<secret>)[^\s"',;&)}\]]{3,}/gi,
    `$1${HIDDEN}`,
  ],
  // JSON web tokens and keys with the prefixes of their makers
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, HIDDEN],
  [/\b(?:sk|pk|rk|hf|gh[opsu]|glpat|xox[abpr])[-_][\w*-]{8,}|\bAKIA[A-Z0-9]{16}\b/g, HIDDEN],
];

/** Hides what has the form of a credential; for texts of at most a few thousand characters. */
export function hideCredentials(text: string): string {
  return FORMS.reduce((rest, [form, instead]) => rest.replace(form, instead), text);
}
