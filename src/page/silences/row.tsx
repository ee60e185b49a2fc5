// A silence in the list: what it covers, why, by whom, how long still; with its end, and another one.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { type Model, useModel } from '../model.js';
import { Shape } from '../view/shape.js';
import { Ago, At, Until } from '../view/time.js';
import { Link } from '../view/view-link.js';
import { span } from '../words.js';
import { expireSilence, extendSilence } from './change.js';
import { printDraft, SPANS } from './draft.js';
import { EndChoice } from './end-choice.js';
import { fromApi, printMatcher } from './matchers.js';
import { isMaintenance, plainComment, type Silence } from './silence.js';

/** What a row asks for at the moment, beside what it shows. */
type Mode = 'shown' | 'expiring' | 'extending';

interface RowProps {
  readonly silence: Silence;
  readonly isChosen: boolean;
  readonly onChanged: (text: string) => void;
}

export function SilenceRow({ silence, isChosen, onChanged }: RowProps) {
  const mode = useSignal<Mode>('shown');
  const { id, createdBy, matchers, status } = silence;
  const isOver = status.state === 'expired';
  const row = useRef<HTMLLIElement>(null);
  // While the row is still there.
  useLayoutEffect(() => () => follow(row.current), []);
  const done = (text: string) => {
    mode.value = 'shown';
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
          <Actions silence={silence} mode={mode.value} onMode={next => (mode.value = next)} onDone={done} />
        )}
      </div>
      {mode.value === 'extending' ? (
        <Extend silence={silence} onDone={done} onCancel={() => (mode.value = 'shown')} />
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
  readonly mode: Mode;
  readonly onMode: (mode: Mode) => void;
  readonly onDone: (text: string) => void;
}

/** Expiring asks once more, in place: what keeps the silence then stands where the finger was. */
function Actions({ silence, mode, onMode, onDone }: ActionsProps) {
  const change = useChange();
  const keep = useRef<HTMLButtonElement>(null);
  const expire = useRef<HTMLButtonElement>(null);
  const extend = useRef<HTMLButtonElement>(null);
  const before = useRef<Mode>('shown');
  // Before the list is read again, which may take the row away.
  useLayoutEffect(() => {
    // The keyboard goes back to what asked.
    if (mode === 'expiring') keep.current?.focus();
    else if (mode === 'shown' && before.current === 'expiring') expire.current?.focus();
    else if (mode === 'shown' && before.current === 'extending') extend.current?.focus();
    before.current = mode;
  }, [mode]);
  const name = silence.matchers.map(fromApi).map(printMatcher).join(', ');
  if (mode === 'expiring')
    return (
      <>
        <button
          type="button"
          class="plain-button danger"
          onClick={() => change.run(() => expireSilence(silence.id), 'The silence has expired.', onDone)}
        >
          Expire now
        </button>
        <button type="button" class="plain-button" ref={keep} onClick={() => onMode('shown')}>
          Keep
        </button>
        {change.fault}
      </>
    );
  return (
    <>
      <button
        type="button"
        class="plain-button"
        ref={extend}
        aria-expanded={mode === 'extending'}
        aria-label={`Extend the silence of ${name}`}
        onClick={() => onMode(mode === 'extending' ? 'shown' : 'extending')}
      >
        Extend
      </button>
      <button
        type="button"
        class="plain-button"
        ref={expire}
        aria-label={`Expire the silence of ${name}`}
        onClick={() => onMode('expiring')}
      >
        Expire
      </button>
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
  const model = useModel();
  const change = useChange();
  const chosen = useSignal<{ span: string; end: number }>({ span: '1h', end: Number.NaN });
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => area.current?.querySelector('button')?.focus(), []);
  const { span: by, end } = chosen.value;
  const until = by === '' ? end : Date.parse(silence.endsAt) + (SPANS[by] ?? 0);
  const fault = extendFault(until, silence, model);
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
        <button
          type="button"
          class="main-button"
          aria-disabled={fault !== ''}
          onClick={() => {
            if (fault === '')
              change.run(() => extendSilence(silence, until), 'The silence was extended.', onDone);
          }}
        >
          Extend{fault === '' ? <> until {model.print(until).shown}</> : null}
        </button>
        <button type="button" class="plain-button" onClick={onCancel}>
          Cancel
        </button>
      </p>
      {change.fault}
    </div>
  );
}

function extendFault(until: number, { startsAt }: Silence, model: Model): string {
  if (!Number.isFinite(until)) return 'Choose when it ends.';
  if (until <= model.now.peek()) return 'The end is in the past.';
  return until <= Date.parse(startsAt) ? 'The end is before the start.' : '';
}

/** A change of the monitor's that is under way at most once, with what went wrong. */
export function useChange(): {
  readonly isBusy: boolean;
  readonly fault: ComponentChildren;
  readonly run: (change: () => Promise<unknown>, done: string, onDone: (text: string) => void) => void;
} {
  const isBusy = useSignal(false);
  const problem = useSignal('');
  const run = async (change: () => Promise<unknown>, done: string, onDone: (text: string) => void) => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    problem.value = '';
    await change().then(
      () => onDone(done),
      (error: Error) => {
        problem.value = error.message;
      },
    );
    isBusy.value = false;
  };
  const fault =
    problem.value === '' ? null : (
      <p class="fault" role="alert">
        {problem.value}
      </p>
    );
  return { isBusy: isBusy.value, fault, run: (...args) => void run(...args) };
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
