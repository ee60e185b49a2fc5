// What to do, what helps most first, each with the figures it rests on and the way to their graph.

import { graphQuery } from '../../explain/graph.js';
import { useModel } from '../../model.js';
import type { Polled } from '../../polled.js';
import { Details } from '../../view/details.js';
import { useMore } from '../../view/more.js';
import { Link } from '../../view/view-link.js';
import { sentence } from '../../words.js';

const FIRST = 5;

interface Evidence {
  readonly figure: string;
  readonly query: string;
  readonly value: number | null;
}

interface Recommendation {
  readonly service: string | null;
  readonly name: string;
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/** As `/capacity_report` has it. */
export interface Advised {
  readonly summary: { readonly coverage: number };
  readonly recommendations: readonly Recommendation[];
}

export function Advice({ polled: { answer, problem } }: { polled: Polled<Advised> }) {
  const all = answer?.recommendations ?? [];
  const { drawn, button } = useMore(all.length, 'recommendations', { first: FIRST });
  return (
    <>
      <h2>What to do, what helps most first</h2>
      {problem === '' ? null : <p class="notice">Recommendations cannot be shown: {problem}</p>}
      {answer && all.length === 0 ? <p class="quiet">{nothing(answer)}</p> : null}
      {all.length === 0 ? null : (
        <ol class="advice">
          {all.slice(0, drawn).map((each, i) => (
            <li key={`${each.service} ${each.text}`}>
              <strong>
                {each.service === null ? (
                  sentence(each.name)
                ) : (
                  <Link to={{ view: 'service', id: each.service }}>{each.name}</Link>
                )}
              </strong>
              <div>
                <p>{each.text}.</p>
                {each.evidence.length === 0 ? null : <Basis of={each} at={i} />}
              </div>
            </li>
          ))}
        </ol>
      )}
      {button}
    </>
  );
}

/** An answer of a monitor that saw nothing yet is no praise. */
const nothing = ({ summary: { coverage } }: Advised): string =>
  coverage === 0
    ? 'Nothing is known yet; recommendations appear once services were checked for a day.'
    : 'Nothing: no limit comes near, and no service stands out.';

function Basis({ of: { service, name, evidence }, at }: { of: Recommendation; at: number }) {
  const model = useModel();
  return (
    <Details
      of={`evidence ${service ?? name} ${at}`}
      class="basis"
      summary="Evidence"
      label={`Evidence of recommendation ${at + 1}, ${name}`}
    >
      <dl>
        {evidence.map(({ figure, query, value }) => (
          <div key={figure}>
            <dt>
              {sentence(figure.replaceAll('_', ' '))} <strong>{value ?? 'not known'}</strong>{' '}
              <Link
                to={{ view: 'explore', query: graphQuery(query, undefined, undefined, model.now.peek()) }}
                aria-label={`Graph of ${figure.replaceAll('_', ' ')} of ${name}`}
              >
                Graph
              </Link>
            </dt>
            <dd>
              <code class="expression">{query}</code>
            </dd>
          </div>
        ))}
      </dl>
    </Details>
  );
}
