// A name that may be wider than a phone: there it breaks after an underscore rather than within a word.

/** @param text a metric's or label's name, or an expression of such */
export function Breakable({ text }: { text: string }) {
  return (
    <>
      {(text.match(/[^_]+_*|_+/g) ?? []).map((part, i) =>
        i === 0 ? part : [<wbr key={i} class="within-name" />, part],
      )}
    </>
  );
}
