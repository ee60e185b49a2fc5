// The matchers of a form: one a line, each with what is wrong with it beside it.

import { useEffect, useRef } from 'preact/hooks';
import { useModel } from '../model.js';
import { usePolledJson } from '../polled.js';
import type { ApiAlert } from './api-alert.js';
import { type MatcherText, OPERATORS, type Operator } from './matchers.js';

/** Milliseconds between two looks for labels to propose. */
const EVERY = 60_000;
/** Values of a label that are proposed. */
const PROPOSED = 100;

interface EditorProps {
  /** Prefix of the elements' ids; two editors of a page have different ones. */
  readonly id: string;
  readonly matchers: readonly MatcherText[];
  /** What is wrong with each; empty texts where nothing is. */
  readonly faults: readonly string[];
  /** Gets what makes the new ones of the newest ones: keys come faster than what they change is drawn. */
  readonly onChange: (edit: MatcherEdit) => void;
}

type MatcherEdit = (matchers: readonly MatcherText[]) => readonly MatcherText[];

export function MatcherEditor({ id, matchers, faults, onChange }: EditorProps) {
  const labels = useLabels();
  const field = useRef<HTMLFieldSetElement>(null);
  /** How many lines there were when one was added that is not drawn yet. */
  const former = useRef(Number.POSITIVE_INFINITY);
  const names = () => field.current?.querySelectorAll<HTMLInputElement>('.matcher-name') ?? [];
  useEffect(() => {
    // The effect of an earlier drawing may run just before the line is drawn.
    const drawn = names();
    if (drawn.length <= former.current) return;
    former.current = Number.POSITIVE_INFINITY;
    drawn[drawn.length - 1]?.focus();
  });
  const change = (i: number, part: Partial<MatcherText>) =>
    onChange(newest => newest.map((each, j) => (i === j ? { ...each, ...part } : each)));
  return (
    <fieldset class="matchers" ref={field}>
      <legend>Alerts that fit all of these</legend>
      <datalist id={`${id}-names`}>
        {[...labels.keys()].map(name => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {matchers.map((matcher, i) => (
        <Line
          key={i}
          id={`${id}-${i}`}
          names={`${id}-names`}
          values={labels.get(matcher.name) ?? []}
          number={i + 1}
          matcher={matcher}
          fault={faults[i] ?? ''}
          onChange={part => change(i, part)}
          onRemove={
            matchers.length === 1 ? undefined : () => onChange(newest => newest.filter((_, j) => i !== j))
          }
        />
      ))}
      <button
        type="button"
        class="plain-button"
        onClick={() => {
          former.current = names().length;
          onChange(newest => [...newest, { name: '', operator: '=', value: '' }]);
        }}
      >
        Add a matcher
      </button>
    </fieldset>
  );
}

interface LineProps {
  readonly id: string;
  /** Id of the list of names to propose. */
  readonly names: string;
  readonly values: readonly string[];
  readonly number: number;
  readonly matcher: MatcherText;
  readonly fault: string;
  readonly onChange: (part: Partial<MatcherText>) => void;
  readonly onRemove: (() => void) | undefined;
}

function Line({ id, names, values, number, matcher, fault, onChange, onRemove }: LineProps) {
  const { name, operator, value } = matcher;
  const isWrong = fault !== '';
  const described = { 'aria-invalid': isWrong, 'aria-describedby': isWrong ? `${id}-fault` : undefined };
  return (
    <div class="matcher">
      <input
        class="matcher-name"
        type="text"
        autocomplete="off"
        spellcheck={false}
        list={names}
        placeholder="label"
        aria-label={`Label of matcher ${number}`}
        value={name}
        onInput={event => onChange({ name: event.currentTarget.value })}
        {...described}
      />
      <select
        aria-label={`Operator of matcher ${number}`}
        value={operator}
        onChange={event => onChange({ operator: event.currentTarget.value as Operator })}
      >
        {OPERATORS.map(each => (
          <option key={each} value={each} selected={each === operator}>
            {each}
          </option>
        ))}
      </select>
      <input
        class="matcher-value"
        type="text"
        autocomplete="off"
        spellcheck={false}
        list={`${id}-values`}
        placeholder={operator.endsWith('~') ? 'regular expression' : 'value'}
        aria-label={`Value of matcher ${number}`}
        value={value}
        onInput={event => onChange({ value: event.currentTarget.value })}
        {...described}
      />
      <datalist id={`${id}-values`}>
        {values.map(each => (
          <option key={each} value={each} />
        ))}
      </datalist>
      {onRemove === undefined ? (
        <span />
      ) : (
        <button type="button" class="icon-button" aria-label={`Remove matcher ${number}`} onClick={onRemove}>
          <svg class="shape" viewBox="0 0 16 16" aria-hidden="true">
            <path class="line" d="m4 4 8 8M12 4l-8 8" />
          </svg>
        </button>
      )}
      {isWrong ? (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      ) : null}
    </div>
  );
}

interface Rules {
  readonly data: { readonly groups: readonly { readonly rules: readonly { readonly name: string }[] }[] };
}

/** Labels to propose, with values: of the alerts that fire, the services and the rules. */
function useLabels(): ReadonlyMap<string, readonly string[]> {
  const services = useModel().names.value;
  const alerts = usePolledJson<ApiAlert[]>('api/v2/alerts', EVERY).answer ?? [];
  const rules = usePolledJson<Rules>('api/v1/rules?type=alert&exclude_alerts=true', EVERY).answer;
  const names = rules?.data.groups.flatMap(group => group.rules.map(({ name }) => name)) ?? [];
  const found = new Map<string, Set<string>>([
    ['alertname', new Set(names.sort())],
    ['target', new Set(services.keys())],
    ['severity', new Set(['critical', 'warning', 'info'])],
    ['name', new Set(services.values())],
  ]);
  for (const { labels } of alerts)
    for (const [name, value] of Object.entries(labels)) {
      const known = found.get(name);
      if (known) known.add(value);
      else found.set(name, new Set([value]));
    }
  return new Map([...found].map(([name, values]) => [name, [...values].slice(0, PROPOSED)]));
}
