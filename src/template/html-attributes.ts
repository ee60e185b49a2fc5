// What an attribute of HTML holds, by its name.
// Source: Go's html/template, attr.go and js.go.

/** `images` is a list of URLs with sizes, `document` HTML within a value. */
export type AttributeKind = 'plain' | 'url' | 'images' | 'script' | 'style' | 'document';

const words = (list: string) => new Set(list.split(' '));

const URLS = words(
  'action archive background cite classid codebase data formaction href icon longdesc manifest poster profile src usemap xmlns',
);
/** Attributes that change what a page does: no value names them. */
const POWERFUL = words(
  'accept-charset async challenge charset content crossorigin defer dirname enctype form formenctype formmethod formnovalidate http-equiv keytype language method novalidate pattern readonly rel required sandbox type value',
);
const SCRIPTS = words(
  'application/ecmascript application/javascript application/json application/ld+json application/x-ecmascript application/x-javascript module text/ecmascript text/javascript text/javascript1.0 text/javascript1.1 text/javascript1.2 text/javascript1.3 text/javascript1.4 text/javascript1.5 text/jscript text/livescript text/x-ecmascript text/x-javascript',
);

/** What the attribute's value is read as. */
export function attributeKind(written: string): AttributeKind {
  let name = written.toLowerCase();
  // Scripts of a page use what they find in data- as the attribute of that name.
  if (name.startsWith('data-')) name = name.slice('data-'.length);
  else if (name.startsWith('xmlns:')) return 'url';
  else name = name.slice(name.indexOf(':') + 1);
  if (name === 'style') return 'style';
  if (name === 'srcdoc') return 'document';
  if (name === 'srcset') return 'images';
  if (name.startsWith('on')) return 'script';
  return URLS.has(name) || /src|uri|url/.test(name) ? 'url' : 'plain';
}

/** Whether a value may be the name of an attribute. */
export function isHarmlessName(name: string): boolean {
  return /^[a-z0-9]+$/.test(name) && attributeKind(name) === 'plain' && !POWERFUL.has(name);
}

/** Whether a `script` element of that `type` is one; without a type it is. */
export function isScriptType(type: string | undefined): boolean {
  const name = type?.split(';')[0]?.trim().toLowerCase();
  return name === undefined || name === '' || SCRIPTS.has(name);
}
