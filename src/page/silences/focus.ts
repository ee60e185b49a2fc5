// Where the keyboard goes when a form is refused.

/** Moves the focus to the first field that is marked as wrong. The marks are drawn in a task of their own (browser.tsx). */
export function focusFault(form: HTMLElement | null): void {
  setTimeout(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
