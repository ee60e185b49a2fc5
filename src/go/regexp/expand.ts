// Templates of replacements, as Go's regexp.Expand reads them.

const REFERENCE = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;

/**
 * Replaces `$name`, `${name}` and `$$`; a name is as long as letters, digits and `_` go, and a number when it is all
 * digits. A `$` before anything else stays.
 */
export function expandTemplate(template: string, group: (name: string | number) => string): string {
  return template.replace(REFERENCE, (_, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare;
    if (name === undefined) return '$';
    return group(/^(?:0|[1-9]\d{0,8})$/.test(name) ? Number(name) : name);
  });
}
