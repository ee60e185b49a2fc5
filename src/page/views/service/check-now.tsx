// The button that checks at once, as `POST /services/ID/check` does for a script: all who ask share the check.

import { useSignal } from '@preact/signals';
import { endpoint, messageOf } from '../../api.js';

export function CheckNow({ id }: { id: string }) {
  const isBusy = useSignal(false);
  const problem = useSignal('');
  const check = async () => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    problem.value = '';
    try {
      const response = await fetch(endpoint(`services/${encodeURIComponent(id)}/check`), { method: 'POST' });
      if (!response.ok) throw new Error(messageOf(await response.text()) || `HTTP ${response.status}`);
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
