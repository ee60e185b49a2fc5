// The button that checks at once: what `/cluster_health?max_age=1` does for a script, shared by all who ask.

import { useSignal } from '@preact/signals';
import { getJson } from '../../api.js';
import { useModel } from '../../model.js';
import type { ClusterHealth } from '../../state.js';

export function CheckNow() {
  const model = useModel();
  const isBusy = useSignal(false);
  const problem = useSignal('');
  const check = async () => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    problem.value = '';
    try {
      model.update(await getJson<ClusterHealth>('cluster_health?max_age=1'));
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
