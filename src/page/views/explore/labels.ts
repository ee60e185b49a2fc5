// Labels as PromQL writes them.

export type Labels = Readonly<Record<string, string>>;

/** A series as PromQL writes it: `up{job="x"}`; `{}` for one without labels. */
export function seriesName({ __name__: name = '', ...labels }: Labels): string {
  const printed = Object.entries(labels).map(
    ([label, value]) => `${labelName(label)}=${JSON.stringify(value)}`,
  );
  if (printed.length === 0) return name || '{}';
  return `${name}{${printed.join(', ')}}`;
}

/** Names that are not of the classic form stand in quotes. */
function labelName(label: string): string {
  return /^[a-zA-Z_]\w*$/.test(label) ? label : JSON.stringify(label);
}
