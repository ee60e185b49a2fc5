// What happens next about an alert, and when: "e-mail to ops in 3 min 12 s unless it ends".

import { computed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { useModel } from '../model.js';
import type { NextNotification } from '../state.js';
import { Moment, Until } from './time.js';

/** How integrations are called in a sentence, where not by their name. */
const NAMES: Readonly<Record<string, string>> = {
  email: 'e-mail',
  msteams: 'Teams',
  msteamsv2: 'Teams',
  sms: 'SMS',
};

/** `e-mail to ops`; `slack` where the receiver is called so. */
export function recipient({ receiver, integration }: { receiver: string; integration: string }): string {
  const name = Object.hasOwn(NAMES, integration) ? (NAMES[integration] as string) : integration;
  if (integration === 'log') return `the log for ${receiver}`;
  return receiver === integration ? name : `${name} to ${receiver}`;
}

const WHAT: Readonly<Record<NextNotification['what'], string>> = {
  notification: '',
  repeat: ', again',
  escalation: '',
  resolved: ', that it ended',
};

/** One notification to come, as a sentence without its beginning. */
export function Next({ next }: { next: NextNotification }) {
  const model = useModel();
  const epoch = model.epoch(next.at);
  const isAhead = useIsAhead(epoch);
  const { what, escalation, unless, held_by: holds = [], retry } = next;
  const level = what === 'escalation' && escalation !== undefined ? `${escalation}: ` : '';
  let when: ComponentChildren = ' at once';
  if (holds.length > 0) when = <Held holds={holds} />;
  else if (epoch === undefined) when = ', not before something changes';
  else if (isAhead)
    when = (
      <>
        {' '}
        in <Until at={epoch} />
      </>
    );
  return (
    <>
      {level}
      {recipient(next)}
      {WHAT[what]}
      {when}
      {unless === undefined || holds.length > 0 ? null : ` unless ${unless}`}
      {retry === undefined ? null : ` (attempt ${retry.attempts + 1}; the last failed: ${retry.error})`}
    </>
  );
}

/** Whether a moment is still to come: what shows it is drawn again when it has passed, not every second. */
function useIsAhead(at: number | undefined): boolean {
  const { now } = useModel();
  return useMemo(() => computed(() => at !== undefined && at > now.value), [at, now]).value;
}

function Held({ holds }: { holds: NonNullable<NextNotification['held_by']> }) {
  const [{ text, until } = { text: '', until: undefined }] = holds;
  return (
    <>
      {' '}
      held back by {text}
      {until === undefined ? null : (
        <>
          {' '}
          until <Moment local={until} />
        </>
      )}
    </>
  );
}
