// Which services explain whose outage (`depends_on`), and what is wrong with that. Comes in: the names; goes out: mistakes.

import { didYouMean } from '../config/did-you-mean.js';

/** What each service depends on, by its id. */
type Dependencies = ReadonlyMap<string, readonly string[]>;

interface DependencyFacts {
  readonly graph: Dependencies;
  /** Names of all services. */
  readonly known: ReadonlySet<string>;
  /** Those that may be in a circle. */
  readonly suspects: ReadonlySet<string>;
}

/** A mistake, and where it stands. */
interface DependencyMistake {
  readonly id: string;
  readonly index: number;
  readonly message: string;
}

/** Everything wrong in a graph. @param known names of all services, also of those that are wrong otherwise */
export function dependencyMistakes(graph: Dependencies, known: ReadonlySet<string>): DependencyMistake[] {
  const facts = { graph, known, suspects: endless(graph) };
  return [...graph].flatMap(([id, others]) =>
    others.flatMap((other, index) => {
      const message = mistakeOf(id, other, facts);
      return message === undefined ? [] : [{ id, index, message }];
    }),
  );
}

function mistakeOf(
  id: string,
  other: string,
  { graph, known, suspects }: DependencyFacts,
): string | undefined {
  if (other === id) return 'a service cannot depend on itself';
  if (!known.has(other)) return `no service "${other}"${didYouMean(other, [...known])}`;
  // In a circle each outage would be explained by another, and none would raise an alert.
  if (suspects.has(id) && reaches(other, id, graph)) return `"${other}" depends on this service in turn`;
  return undefined;
}

/** Services whose dependencies never end: those of a circle, and those that depend on one. */
function endless(graph: Dependencies): ReadonlySet<string> {
  const open = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  for (const [id, others] of graph) {
    const known = others.filter(other => graph.has(other));
    open.set(id, known.length);
    for (const other of known) {
      const list = dependents.get(other);
      if (list) list.push(id);
      else dependents.set(other, [id]);
    }
  }
  const ended = [...open].flatMap(([id, count]) => (count === 0 ? [id] : []));
  for (const id of ended) {
    for (const dependent of dependents.get(id) ?? []) {
      const rest = (open.get(dependent) as number) - 1;
      open.set(dependent, rest);
      if (rest === 0) ended.push(dependent);
    }
  }
  const all = new Set(graph.keys());
  for (const id of ended) all.delete(id);
  return all;
}

function reaches(from: string, wanted: string, graph: Dependencies): boolean {
  const seen = new Set([from]);
  for (const id of seen) for (const next of graph.get(id) ?? []) seen.add(next);
  return seen.has(wanted);
}
