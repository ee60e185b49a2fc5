// The words and sections of a haproxy.cfg. Source: HAProxy, "Configuration Manual", 2.2 (Quoting and escaping), 2.3
// (Environment variables).

/** A section with its lines, each as words. */
export interface HaproxySection {
  /** `global`, `defaults`, `frontend`, `backend`, `listen` and others. */
  readonly type: string;
  readonly name: string;
  readonly lines: readonly (readonly string[])[];
  /** What holds where the section says nothing itself. */
  readonly defaults: HaproxySection | undefined;
}

const SECTIONS = new Set(
  `global defaults frontend backend listen peers resolvers userlist mailers program cache ring http-errors
  log-forward fcgi-app crt-store traces`.split(/\s+/),
);

/** The sections of a file's text. */
export function haproxySections(text: string): HaproxySection[] {
  const sections: HaproxySection[] = [];
  let defaults: HaproxySection | undefined;
  let lines: string[][] = [];
  for (const line of text.split(/\r?\n/)) {
    const words = haproxyWords(line);
    const [type = '', name = ''] = words;
    if (!SECTIONS.has(type)) {
      if (type !== '') lines.push(words);
      continue;
    }
    const from = words[words.indexOf('from') + 1];
    const named = sections.find(each => each.type === 'defaults' && each.name === from);
    lines = [];
    const section = { type, name, lines, defaults: words.includes('from', 1) ? named : defaults };
    if (type === 'defaults')
      defaults = { ...section, defaults: words.includes('from', 1) ? named : undefined };
    sections.push(type === 'defaults' ? (defaults as HaproxySection) : section);
  }
  return sections;
}

/** The words of one line, quotes and comments gone and variables replaced by their defaults. */
function haproxyWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const pieces = line.matchAll(/\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"|(#.*)|(\s+)|([^\\'"#\s]+|.)/g);
  for (const [, escaped, single, double, comment, blank, plain] of pieces) {
    if (comment !== undefined) break;
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word = (word ?? '') + (escaped ?? single ?? (double !== undefined ? expanded(double) : plain));
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** `${NAME-default}` is its default; a variable without one stays, and makes an address that is none. */
function expanded(text: string): string {
  return text.replace(/\\(.)/g, '$1').replace(/\$\{\w+(?:\[\*\])?-([^}]*)\}/g, '$1');
}

/** The lines of a section that begin with these words, without them; those of its defaults where it has none. */
export function linesOf(
  section: HaproxySection,
  ...start: readonly string[]
): readonly (readonly string[])[] {
  const own = section.lines.filter(words => start.every((each, i) => words[i] === each));
  if (own.length > 0 || !section.defaults) return own.map(words => words.slice(start.length));
  return linesOf(section.defaults, ...start);
}
