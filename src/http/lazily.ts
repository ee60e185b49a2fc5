// Shapes of requests and answers are made when they are first needed: most of them only describe, and each takes time at the
// start and memory from then on.

/** Makes something when it is first asked for, once. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
