// A silence in the list: what it covers, why, by whom, how long still; with its end, and another one.

import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { ConfirmButton } from '../confirm-button.js';
import { type Model, useModel } from '../model.js';
import { useChange } from '../submission.js';
import { useUnsaved } from '../unsaved.js';
import { Shape } from '../view/shape.js';
import { Ago, At, Until } from '../view/time.js';
import { Link } from '../view/view-link.js';
import { span } from '../words.js';
import { expireSilence, extendSilence } from './change.js';
import { printDraft, SPANS } from './draft.js';
import { EndChoice } from './end-choice.js';
import { fromApi, printMatcher } from './matchers.js';
import { isMaintenance, plainComment, type Silence } from './silence.js';

interface RowProps {
  readonly silence: Silence;
  readonly isChosen: boolean;
  readonly onChanged: (text: string) => void;
}

export function SilenceRow({ silence, isChosen, onChanged }: RowProps) {
  const isExtending = useSignal(false);
  const { id, createdBy, matchers, status } = silence;
  const isOver = status.state === 'expired';
  const row = useRef<HTMLLIElement>(null);
  // While the row is still there.
  useLayoutEffect(() => () => follow(row.current), []);
  const done = (text: string) => {
    isExtending.value = false;
    onChanged(text);
  };
  return (
    <li class={isChosen ? 'row silence chosen' : 'row silence'} id={`silence-${id}`} ref={row}>
      <Shape of={isMaintenance(silence) || status.state === 'pending' ? 'planned' : 'muted'} />
      <div class="silence-what">
        <ul class="labels" aria-label="Matchers">
          {matchers.map(fromApi).map(each => (
            <li key={printMatcher(each)}>
              <code>{printMatcher(each)}</code>
            </li>
          ))}
        </ul>
        <p>
          {isMaintenance(silence) ? <span class="planned word">Maintenance </span> : null}
          {plainComment(silence)}
        </p>
        <p class="quiet">
          by {createdBy} · <Times silence={silence} />
        </p>
      </div>
      <div class="buttons">
        {isOver ? (
          <Link to={{ view: 'silences', query: again(silence) }}>Make again</Link>
        ) : (
          <Actions
            silence={silence}
            isExtending={isExtending.value}
            onExtend={next => {
              isExtending.value = next;
            }}
            onDone={done}
          />
        )}
      </div>
      {isExtending.value ? (
        <Extend
          silence={silence}
          onDone={done}
          onCancel={() => {
            isExtending.value = false;
          }}
        />
      ) : null}
    </li>
  );
}

/** A silence that ends goes to another list: a focus in its row goes with it. */
function follow(row: HTMLElement | null): void {
  if (!row?.contains(document.activeElement)) return;
  setTimeout(() => {
    const there = document.getElementById(row.id)?.querySelector<HTMLElement>('a, button');
    (there ?? document.querySelector('main'))?.focus({ preventScroll: true });
  });
}

function Times({ silence: { startsAt, endsAt, status } }: { silence: Silence }) {
  const start = Date.parse(startsAt);
  const end = Date.parse(endsAt);
  if (status.state === 'active')
    return (
      <>
        <strong>
          <Until at={end} />
        </strong>{' '}
        left, until <At at={end} />
      </>
    );
  if (status.state === 'pending')
    return (
      <>
        starts in{' '}
        <strong>
          <Until at={start} />
        </strong>
        , <At at={start} /> for {span(end - start)}
      </>
    );
  return (
    <>
      ended <Ago at={end} /> ago, lasted {span(end - start)}
    </>
  );
}

interface ActionsProps {
  readonly silence: Silence;
  readonly isExtending: boolean;
  readonly onExtend: (isExtending: boolean) => void;
  readonly onDone: (text: string) => void;
}

function Actions({ silence, isExtending, onExtend, onDone }: ActionsProps) {
  const asking = useSignal('');
  const extend = useRef<HTMLButtonElement>(null);
  const wasExtending = useRef(false);
  // Before the list is read again, which may take the row away.
  useLayoutEffect(() => {
    // The keyboard goes back to what asked.
    if (wasExtending.current && !isExtending) extend.current?.focus();
    wasExtending.current = isExtending;
  }, [isExtending]);
  const name = silence.matchers.map(fromApi).map(printMatcher).join(', ');
  return (
    <>
      {asking.value !== '' ? null : (
        <button
          type="button"
          class="plain-button"
          ref={extend}
          aria-expanded={isExtending}
          aria-label={`Extend the silence of ${name}`}
          onClick={() => onExtend(!isExtending)}
        >
          Extend
        </button>
      )}
      <ConfirmButton
        asking={asking}
        label="Expire"
        name={`Expire the silence of ${name}`}
        sure="Expire now"
        send={() => expireSilence(silence.id)}
        onDone={() => onDone('The silence has expired.')}
      />
    </>
  );
}

interface ExtendProps {
  readonly silence: Silence;
  readonly onDone: (text: string) => void;
  readonly onCancel: () => void;
}

/** From its end on, so that it goes on without a gap. */
function Extend({ silence, onDone, onCancel }: ExtendProps) {
  useUnsaved();
  const model = useModel();
  const change = useChange();
  const chosen = useSignal<{ span: string; end: number }>({ span: '1h', end: Number.NaN });
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => area.current?.querySelector('button')?.focus(), []);
  const { span: by, end } = chosen.value;
  const until = extendedEnd(silence, chosen.value);
  const fault = extendFault(until, silence, model);
  // By what was chosen last, which may not be drawn yet.
  const extend = () => {
    const until = extendedEnd(silence, chosen.peek());
    if (extendFault(until, silence, model) !== '') return;
    change.run(
      () => extendSilence(silence, until),
      () => onDone('The silence was extended.'),
    );
  };
  return (
    <div class="extend" ref={area}>
      <EndChoice
        id={`extend-${silence.id}`}
        label="Extend by"
        span={by}
        end={end}
        fault={by === '' ? fault : ''}
        onChange={next => {
          chosen.value = next;
        }}
      />
      <p class="buttons">
        <button type="button" class="main-button" aria-disabled={fault !== ''} onClick={extend}>
          Extend{fault === '' ? <> until {model.print(until).short}</> : null}
        </button>
        <button type="button" class="plain-button" onClick={onCancel}>
          Cancel
        </button>
      </p>
      {change.fault}
    </div>
  );
}

/** When a silence ends once it is extended, in milliseconds since the epoch. @param span empty where `end` says it */
function extendedEnd({ endsAt }: Silence, { span, end }: { span: string; end: number }): number {
  return span === '' ? end : Date.parse(endsAt) + (SPANS[span] ?? 0);
}

function extendFault(until: number, { startsAt }: Silence, model: Model): string {
  if (!Number.isFinite(until)) return 'Choose when it ends.';
  if (until <= model.now.peek()) return 'The end is in the past.';
  return until <= Date.parse(startsAt) ? 'The end is before the start.' : '';
}

/** A form filled with what an expired silence was. */
function again({ matchers, comment }: Silence): string {
  return printDraft({
    id: '',
    matchers: matchers.map(fromApi),
    start: undefined,
    span: '1h',
    end: Number.NaN,
    comment,
  });
}
