// The button that checks at once, as `POST /services/ID/check` does for a script: requests that come meanwhile share the check.

import { useSignal } from '@preact/signals';
import { send } from '../../send.js';

/** Milliseconds; a check takes as long as its service's timeout, and others may be before it. */
const TIMEOUT = 90_000;

export function CheckNow({ id }: { id: string }) {
  const isBusy = useSignal(false);
  const problem = useSignal('');
  const check = async () => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    problem.value = '';
    try {
      await send('POST', `services/${encodeURIComponent(id)}/check`, undefined, TIMEOUT);
    } catch (error) {
      problem.value = `Not checked: ${(error as Error).message}`;
    }
    isBusy.value = false;
  };
  return (
    <p class="js-only check-now">
      <button type="button" class="toggle" aria-disabled={isBusy.value} onClick={() => void check()}>
        {isBusy.value ? 'Being checked' : 'Check now'}
      </button>
      <span role="status" class="degraded">
        {problem}
      </span>
    </p>
  );
}
