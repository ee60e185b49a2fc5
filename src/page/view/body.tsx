// A text as it is, such as an answer's body: what does not fit is scrolled to, by keys too.

export function Body({ name, text }: { name: string; text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of keys
    <section class="body" aria-label={name} tabIndex={0}>
      <pre>{text}</pre>
    </section>
  );
}
