// What the service answered last, and how its configuration was understood. The monitor hides secrets in both.

import type { Polled } from '../../polled.js';
import { Body } from '../../view/body.js';
import { Details } from '../../view/details.js';
import { Shape } from '../../view/shape.js';
import { Moment } from '../../view/time.js';
import { seconds } from '../../words.js';

/** An entry of `answers` in `/services/ID`; times are the monitor's local time. */
interface CheckAnswer {
  readonly at: string;
  readonly status: string;
  /** Seconds. */
  readonly response_time: number;
  readonly status_code?: number;
  readonly error?: string;
  readonly body?: string;
}

/** `/services/ID` */
export interface AboutService {
  readonly depends_on: readonly string[];
  readonly dependents: readonly string[];
  readonly certificate?: {
    readonly expires: string;
    readonly chain_expires?: string;
    readonly names?: string;
    readonly subject?: string;
    readonly issuer?: string;
    readonly tls_version?: string;
  };
  /** Newest first. */
  readonly answers: readonly CheckAnswer[];
  readonly configuration?: Readonly<Record<string, unknown>>;
}

export function LastAnswers({ polled }: { polled: Polled<AboutService> }) {
  return (
    <>
      <Answers asked={polled} />
      <Configuration asked={polled} />
    </>
  );
}

function Answers({ asked: { answer, problem } }: { asked: Polled<AboutService> }) {
  return (
    <section class="fact wide" aria-labelledby="answers">
      <h2 id="answers">Last answers</h2>
      {problem === '' ? null : <p class="quiet">They cannot be shown: {problem}</p>}
      {answer?.answers.length === 0 ? <p class="quiet">None since the monitor started.</p> : null}
      <ul class="answers">
        {answer?.answers.map(each => (
          <li key={each.at}>
            <Details
              of={each.at}
              summary={
                <>
                  <Shape of={each.status} />{' '}
                  <span class="digits">
                    <Moment local={each.at} isTime hasSeconds />
                  </span>{' '}
                  {each.status} <span class="digits">{seconds(each.response_time)}</span>{' '}
                  <span class="quiet">
                    {each.error ?? (each.status_code === undefined ? '' : `HTTP ${each.status_code}`)}
                  </span>
                </>
              }
            >
              <Body
                name={`Body of the answer of ${each.at.slice(11, 23)}`}
                text={each.body ?? 'No body in JSON.'}
              />
            </Details>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Configuration({ asked: { answer } }: { asked: Polled<AboutService> }) {
  if (answer?.configuration === undefined) return null;
  return (
    <section class="fact wide" aria-labelledby="configuration">
      <h2 id="configuration">Configuration</h2>
      <p class="quiet">As it was understood, defaults included; times in milliseconds, secrets hidden.</p>
      <Details of="configuration" summary="Show">
        <Body name="Configuration as understood" text={JSON.stringify(answer.configuration, undefined, 2)} />
      </Details>
    </section>
  );
}
