// A panel: an expression, and its answer as a table or a graph.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useModel } from '../../model.js';
import { usePolled } from '../../polled.js';
import { useUnsaved } from '../../unsaved.js';
import { useOpen } from '../../view/details.js';
import { type ExpressionResult, evaluate, seriesOf } from './answer.js';
import { ExpressionField } from './expression-field.js';
import { Graph } from './graph.js';
import { MetricList } from './metrics.js';
import type { Panel, Tab } from './panels.js';
import { recentExpressions, remember } from './recent.js';
import { Table } from './table.js';
import { EndField, RangeField, StepField } from './times.js';

interface Props {
  readonly panel: Panel;
  /** From 1. */
  readonly number: number;
  onChange(part: Partial<Panel>): void;
  /** Absent while it is the only one. */
  readonly onRemove?: (() => void) | undefined;
}

/** An answer is asked for when something is chosen, not again and again: a heavy expression is costly. */
const NEVER = 2 ** 31 - 1;

export function PanelView({ panel, number, onChange, onRemove }: Props) {
  const model = useModel();
  const typed = useRef(panel.expression);
  const isTyped = useSignal(false);
  useUnsaved(isTyped.value);
  const { isOpen: isListing, toggle: list } = useOpen(`metrics-${number}`);
  const { answer, problem, reload, isLoading } = usePolled<ExpressionResult | undefined>(
    JSON.stringify(panel),
    async () => (panel.expression.trim() === '' ? undefined : evaluate(panel, model.now.peek() / 1000)),
    NEVER,
  );
  useEffect(() => remember(panel.expression), [panel.expression]);
  const run = (expression: string) => {
    typed.current = expression;
    isTyped.value = false;
    if (expression === panel.expression) reload();
    else onChange({ expression });
  };
  return (
    <section class="panel-of-query" aria-label={`Query ${number}`}>
      <div class="query">
        <ExpressionField
          value={panel.expression}
          label={`Expression ${number}`}
          onRun={run}
          onChange={text => {
            typed.current = text;
            isTyped.value = text !== panel.expression;
          }}
        />
        <button type="button" class="primary" onClick={() => run(typed.current)}>
          Execute
        </button>
      </div>
      <div class="toolbar">
        <Tabs tab={panel.tab} onChange={tab => onChange({ tab })} />
        {panel.tab === 'graph' ? <RangeField panel={panel} onChange={onChange} /> : null}
        <EndField panel={panel} onChange={onChange} />
        {panel.tab === 'graph' ? <StepField panel={panel} onChange={onChange} /> : null}
        <span class="spring" />
        <Recent onChoose={run} />
        <button type="button" class="toggle" aria-expanded={isListing} onClick={list}>
          Metrics
        </button>
        {onRemove === undefined ? null : (
          <button type="button" class="toggle" onClick={onRemove}>
            Remove
          </button>
        )}
      </div>
      {isListing ? <MetricList onChoose={run} /> : null}
      {problem === '' ? null : (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      {answer === undefined || problem !== '' ? null : (
        <Shown answer={answer} panel={panel} onChange={onChange} />
      )}
      {isLoading && answer === undefined && panel.expression !== '' ? <p class="quiet">Asking.</p> : null}
      {panel.expression === '' ? (
        <p class="empty">Type an expression, or choose one of the metrics. Enter executes it.</p>
      ) : null}
    </section>
  );
}

function Shown({
  answer,
  panel,
  onChange,
}: {
  answer: ExpressionResult;
  panel: Panel;
  onChange: Props['onChange'];
}) {
  const { data, warnings, infos, took } = answer;
  const series = seriesOf(data);
  return (
    <>
      {[...warnings, ...infos].map(text => (
        <p key={text} class="notice">
          {text}
        </p>
      ))}
      {panel.tab === 'graph' ? (
        <Graph answer={answer} panel={panel} onChange={onChange} />
      ) : (
        <Table data={data} />
      )}
      <p class="quiet digits took">
        {series === undefined ? '' : `${series.length} series, `}
        {Math.round(took)} ms
      </p>
    </>
  );
}

function Tabs({ tab, onChange }: { tab: Tab; onChange(tab: Tab): void }) {
  return (
    <fieldset class="segments">
      <legend class="hidden">How the answer is shown</legend>
      {(['table', 'graph'] as const).map(each => (
        <button key={each} type="button" aria-pressed={each === tab} onClick={() => onChange(each)}>
          {each === 'table' ? 'Table' : 'Graph'}
        </button>
      ))}
    </fieldset>
  );
}

function Recent({ onChoose }: { onChoose(expression: string): void }) {
  const known = useSignal<readonly string[]>([]);
  return (
    <select
      aria-label="Recent expressions"
      value=""
      onFocus={() => {
        known.value = recentExpressions();
      }}
      onChange={event => {
        const chosen = event.currentTarget.value;
        event.currentTarget.value = '';
        if (chosen !== '') onChoose(chosen);
      }}
    >
      <option value="">Recent</option>
      {known.value.map(expression => (
        <option key={expression} value={expression}>
          {expression}
        </option>
      ))}
    </select>
  );
}
