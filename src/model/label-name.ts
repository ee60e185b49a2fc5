// What a label may be called when an expression names it.

/** Whether a text can be a label's name: since Prometheus 3 any text that is valid UTF-8 and not empty. */
export function isLabelName(name: string): boolean {
  return name !== '' && !/\p{Surrogate}/u.test(name);
}
