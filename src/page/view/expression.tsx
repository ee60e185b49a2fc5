// An alert rule's expression: as a sentence and as PromQL, what its metrics are, and the way to its graph.

import { getJson } from '../api.js';
import { explain } from '../explain/explain.js';
import { graphQuery } from '../explain/graph.js';
import { metricsOf, type Tree } from '../explain/tree.js';
import { useModel } from '../model.js';
import { usePolled } from '../polled.js';
import { span } from '../words.js';
import { Breakable } from './breakable.js';
import { Link } from './view-link.js';

/** Milliseconds; what an expression says does not change. */
const EVERY = 3_600_000;

interface Known {
  readonly tree: Tree;
  /** Help of each metric that has one. */
  readonly helps: readonly { readonly name: string; readonly help: string }[];
}

interface Props {
  readonly query: string;
  /** Seconds a rule's expression has to be true. */
  readonly duration: number;
  /** Milliseconds since the epoch: when it became true. */
  readonly activeAt: number | undefined;
}

export function Expression({ query, duration, activeAt }: Props) {
  const model = useModel();
  const { answer } = usePolled(`expression ${query}`, () => ask(query), EVERY);
  const after = duration === 0 ? '' : ` for ${span(duration * 1000)}`;
  return (
    <>
      {answer === undefined ? null : (
        <p>
          Fires when {explain(answer.tree)}
          {after === '' ? '' : `, ${after.trim()}`}.
        </p>
      )}
      <code class="expression">
        <Breakable text={query.trim()} />
      </code>
      {answer === undefined ? (
        <p class="quiet">{after === '' ? 'Fires at once' : `Fires after${after.replace(' for', '')}`}</p>
      ) : null}
      {answer === undefined || answer.helps.length === 0 ? null : (
        <ul class="quiet helps">
          {answer.helps.map(({ name, help }) => (
            <li key={name}>
              <code>
                <Breakable text={name} />
              </code>
              : {help}
            </li>
          ))}
        </ul>
      )}
      <p>
        <Link
          to={{
            view: 'explore',
            query: graphQuery(query.trim(), answer?.tree, activeAt, model.now.peek()),
          }}
        >
          Graph
        </Link>
      </p>
    </>
  );
}

interface Metadata {
  readonly data: Readonly<Record<string, readonly { readonly help: string }[]>>;
}

async function ask(query: string): Promise<Known> {
  const { data: tree } = await getJson<{ data: Tree }>(
    `api/v1/parse_query?${new URLSearchParams({ query })}`,
  );
  const helps = await Promise.all(metricsOf(tree).map(helpOf)).catch(() => []);
  return { tree, helps: helps.filter(({ help }) => help !== '') };
}

async function helpOf(name: string): Promise<Known['helps'][number]> {
  const { data } = await getJson<Metadata>(`api/v1/metadata?${new URLSearchParams({ metric: name })}`);
  return { name, help: data[name]?.[0]?.help ?? '' };
}
