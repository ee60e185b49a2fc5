// "Does it reach me?": sends a marked test notification through a receiver and shows what each of its servers answers.

import { useSignal } from '@preact/signals';
import { usePolledJson } from '../polled.js';
import { send } from '../send.js';
import { recipient } from '../view/next.js';
import { Shape } from '../view/shape.js';

/** Milliseconds between two looks at the receivers, and how long a test may take: mail servers are slow. */
const EVERY = 60_000;
const TIMEOUT = 90_000;

interface TestResult {
  readonly receiver: string;
  readonly reached: boolean;
  readonly integrations: readonly {
    readonly index: number;
    readonly integration: string;
    readonly destination: string;
    readonly outcome: 'sent' | 'failed';
    readonly answer: string;
    /** Seconds. */
    readonly duration: number;
    readonly remarks?: readonly string[] | undefined;
    readonly advice?: string | undefined;
  }[];
}

export function TestReceivers({ id }: { id: string }) {
  const { answer, problem } = usePolledJson<{ readonly name: string }[]>('api/v2/receivers', EVERY);
  return (
    <section class="receivers" id={id} aria-label="Does it reach me?">
      <p class="quiet">A marked test notification goes out to the receiver you choose, and to no other.</p>
      {problem === '' ? null : <p class="notice">Receivers cannot be shown: {problem}</p>}
      {answer?.length === 0 ? <p class="empty">There is no receiver in alertmanager.yml.</p> : null}
      <ul class="rows">
        {answer?.map(({ name }) => (
          <Receiver key={name} name={name} />
        ))}
      </ul>
    </section>
  );
}

function Receiver({ name }: { name: string }) {
  const isBusy = useSignal(false);
  const result = useSignal<TestResult | undefined>(undefined);
  const problem = useSignal('');
  const test = async () => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    problem.value = '';
    result.value = undefined;
    await send<TestResult>(
      'POST',
      `api/v2/receivers/${encodeURIComponent(name)}/test`,
      undefined,
      TIMEOUT,
    ).then(
      answer => {
        result.value = answer;
      },
      (error: Error) => {
        problem.value = error.message;
      },
    );
    isBusy.value = false;
  };
  return (
    <li class="row receiver">
      <strong>{name}</strong>
      <button
        type="button"
        class="plain-button small"
        aria-disabled={isBusy.value}
        aria-label={`Send a test to ${name}`}
        onClick={() => void test()}
      >
        {isBusy.value ? 'Being sent' : 'Send a test'}
      </button>
      <div class="result" role="status">
        {problem.value === '' ? null : <p class="fault">Not tested: {problem.value}</p>}
        {result.value === undefined ? null : <Result result={result.value} />}
      </div>
    </li>
  );
}

function Result({ result: { receiver, integrations } }: { result: TestResult }) {
  if (integrations.length === 0)
    return <p class="degraded">It has no integrations: what is sent to it reaches no one.</p>;
  return (
    <ul>
      {integrations.map(({ index, integration, destination, outcome, answer, duration, remarks, advice }) => (
        <li key={index}>
          <Shape of={outcome === 'sent' ? 'healthy' : 'error'} />
          <div>
            <p>
              <span class={outcome === 'sent' ? 'word healthy' : 'word error'}>{outcome}</span>{' '}
              {recipient({ receiver, integration })} at {destination}{' '}
              <span class="quiet digits">({duration} s)</span>
            </p>
            <p>{answer}</p>
            {[...(remarks ?? []), ...(advice === undefined ? [] : [advice])].map(text => (
              <p key={text} class="quiet">
                {text}
              </p>
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}
