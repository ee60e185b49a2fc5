// The small row in which an alert is silenced: one tap on how long. Matchers, author and comment are filled in already.

import '../views/silences.css';
import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { getJson } from '../api.js';
import { useModel } from '../model.js';
import { usePolled } from '../polled.js';
import type { ApiAlert } from '../silences/api-alert.js';
import { rememberAuthor, rememberedAuthor, saveSilence } from '../silences/change.js';
import {
  type Draft,
  endOf,
  faultsOf,
  isFaultless,
  postable,
  printDraft,
  SPAN_NAMES,
} from '../silences/draft.js';
import { MomentField } from '../silences/end-choice.js';
import { TextField } from '../silences/fields.js';
import { MatcherEditor } from '../silences/matcher-editor.js';
import { identifying, type MatcherText, printMatcher } from '../silences/matchers.js';
import { type Covered, useCoverage } from '../silences/preview.js';
import { useSubmission } from '../submission.js';
import { useUnsaved } from '../unsaved.js';
import { Link } from '../view/view-link.js';
import { count } from '../words.js';
import type { QuickProps, SilenceTarget } from './silence-target.js';

/** Milliseconds; an alert's labels do not change. */
const EVERY = 600_000;

export function QuickSilence({ target, onDone, onCancel }: QuickProps) {
  const model = useModel();
  // Several alerts may be open at a time.
  const id = useId();
  useUnsaved();
  const { answer, problem: unknown } = usePolled(
    `labels ${target.fingerprint} ${target.alertname}`,
    () => matchersOf(target),
    EVERY,
  );
  const edited = useSignal<readonly MatcherText[] | undefined>(undefined);
  const isEditing = useSignal(false);
  const end = useSignal<number | undefined>(undefined);
  const author = useSignal('');
  const isKnown = useSignal(true);
  const comment = useSignal(`Seen: ${target.message}`);
  const { area, isTried, fault, submit } = useSubmission<HTMLElement>();
  useEffect(() => {
    author.value = rememberedAuthor();
    isKnown.value = author.value !== '';
    area.current?.querySelector('button')?.focus();
  }, [author, isKnown, area]);
  const matchers = edited.value ?? answer ?? [];
  // What handlers go by: more may have been typed than is drawn.
  const newest = () => edited.peek() ?? answer ?? [];
  const covered = useCoverage(matchers);
  const draftOf = (span: string): Draft => ({
    ...{ id: '', matchers: newest(), start: undefined, span },
    end: end.peek() ?? Number.NaN,
    comment: comment.peek(),
  });
  const faults = faultsOf(draftOf(end.value === undefined ? '1h' : ''), author.value, model.now.peek());
  const silence = (span: string) => {
    const draft = draftOf(span);
    const now = model.now.peek();
    if (draft.matchers.length === 0) return;
    submit({
      isFaultless: isFaultless(faultsOf(draft, author.peek(), now)),
      send: () => {
        rememberAuthor(author.peek().trim());
        return saveSilence(postable(draft, author.peek(), now));
      },
      onDone: () => onDone(`Silenced until ${model.print(endOf(draft, now)).short}.`),
      failed: 'The silence was not made',
    });
  };
  return (
    <section
      class="quick"
      aria-label={`Silence ${target.alertname}`}
      ref={area}
      onKeyDown={event => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <div class="buttons">
        <span>Silence for</span>
        {Object.entries(SPAN_NAMES).map(([key, name]) => (
          <button key={key} type="button" class="main-button" onClick={() => silence(key)}>
            {name}
          </button>
        ))}
        <button
          type="button"
          class="plain-button"
          aria-expanded={end.value !== undefined}
          onClick={() => {
            end.value = end.value === undefined ? Number.NaN : undefined;
          }}
        >
          Until …
        </button>
        <button type="button" class="plain-button" onClick={onCancel}>
          Cancel
        </button>
      </div>
      {end.value === undefined ? null : (
        <div class="until">
          <MomentField
            id={`${id}-end`}
            label="Ends at"
            at={end.value}
            fault={isTried ? faults.end : ''}
            onChange={at => {
              end.value = at;
            }}
          />
          <button type="button" class="main-button" onClick={() => silence('')}>
            Silence until then
          </button>
        </div>
      )}
      {isEditing.value ? (
        <MatcherEditor
          id={id}
          matchers={matchers}
          faults={matchers.map((_, i) => covered.faults[i] ?? '')}
          onChange={edit => {
            edited.value = edit(newest());
          }}
        />
      ) : (
        <Matchers
          matchers={matchers}
          onEdit={() => {
            isEditing.value = true;
          }}
        />
      )}
      <Covers covered={covered} problem={unknown} />
      {isKnown.value ? null : (
        <TextField
          id={`${id}-author`}
          label="Author"
          value={author}
          fault={isTried ? faults.author : ''}
          note="Kept in this browser."
        />
      )}
      <TextField
        id={`${id}-comment`}
        label="Comment"
        value={comment}
        fault={isTried ? faults.comment : ''}
        note=""
      />
      {fault}
      <p>
        <Link to={{ view: 'silences', query: printDraft(draftOf('1h')) }}>All choices</Link>
      </p>
    </section>
  );
}

/** What identifies an alert: its labels, which the API of Alertmanager has. */
async function matchersOf({ alertname, service, fingerprint }: SilenceTarget): Promise<MatcherText[]> {
  const filter = printMatcher({ name: 'alertname', operator: '=', value: alertname });
  const alerts = await getJson<ApiAlert[]>(`api/v2/alerts?${new URLSearchParams({ filter })}`);
  const labels =
    alerts.find(each => each.fingerprint === fingerprint)?.labels ??
    alerts.find(each => each.labels.target === service)?.labels;
  return identifying(labels ?? { alertname, ...(service === '' ? {} : { target: service }) });
}

function Matchers({ matchers, onEdit }: { matchers: readonly MatcherText[]; onEdit: () => void }) {
  return (
    <div class="buttons">
      <ul class="labels" aria-label="Matchers">
        {matchers.map(each => (
          <li key={printMatcher(each)}>
            <code>{printMatcher(each)}</code>
          </li>
        ))}
      </ul>
      <button type="button" class="plain-button small" onClick={onEdit}>
        Edit matchers
      </button>
    </div>
  );
}

function Covers({ covered: { coverage, problem }, problem: unknown }: { covered: Covered; problem: string }) {
  const why = unknown || problem;
  if (why !== '') return <p class="fault">What it covers cannot be shown: {why}</p>;
  return (
    <p class="quiet" role="status">
      {coverage === undefined ? 'Being read.' : `Covers ${count(coverage.alerts.length, 'alert')} now.`}
    </p>
  );
}
