// What a label may be called.

/** Which names are valid: any text, or those before Prometheus 3. Source: Prometheus, `metric_name_validation_scheme`. */
export type NameValidation = 'utf8' | 'legacy';

const LEGACY = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether a text can be a label's name: since Prometheus 3 any text that is valid UTF-8 and not empty. */
export function isLabelName(name: string, validation: NameValidation = 'utf8'): boolean {
  if (validation === 'legacy') return LEGACY.test(name);
  return name !== '' && !/\p{Surrogate}/u.test(name);
}
