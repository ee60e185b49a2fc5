// A chart: its lines over the view's time axis, with a legend that says the values under the cursor, a summary for
// screen readers, and the same as a table.

import type { ChartProps } from './chart-props.js';
import './chart.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useModel } from '../model.js';
import { moveByKey, placeOf, SHORTCUTS } from './keys.js';
import { describe, type Line, newest } from './lines.js';
import { momentText } from './moment-text.js';
import { type Drawn, Plot } from './plot.js';
import { AsTable } from './table.js';
import type { Axis } from './time-axis.js';

export function Chart(props: ChartProps) {
  const { title, note, axis, times, lines, print, isStacked = false, top, isBinary = false } = props;
  const { isDaily = false, rest } = props;
  const shown = useMemo(() => lines.filter(({ values }) => values.some(value => value !== null)), [lines]);
  const isEmpty = shown.length === 0;
  const spoken = shown.filter(({ kind }) => kind !== 'band').map(line => describe(line, print));
  return (
    <figure class="chart" aria-label={title}>
      <figcaption>
        <h3>
          {title} {note === undefined ? null : <span class="quiet">{note}</span>}
        </h3>
        {isEmpty ? null : <Legend {...{ axis, times, print, isDaily, rest }} lines={shown} />}
      </figcaption>
      <KeepsFocus axis={axis}>
        {isEmpty ? (
          <p class="chart-empty quiet">{without(props)}</p>
        ) : (
          <Field
            axis={axis}
            drawn={{ times, lines: shown, print, isStacked, top, isBinary }}
            label={`${title}. ${spoken.join('; ')}`}
            isLow={props.isLow ?? false}
            isDaily={isDaily}
          />
        )}
      </KeepsFocus>
      {isEmpty ? null : <AsTable title={title} times={times} lines={shown} print={print} isDaily={isDaily} />}
    </figure>
  );
}

/** Has the focus, and takes the keys, while there is no field: another time is read, or nothing was measured in it. */
function KeepsFocus({ axis, children }: { axis: Axis; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it stands in for the field, which is a slider.
    <div
      class="chart-body"
      tabIndex={-1}
      onKeyDown={event => {
        if (event.target === event.currentTarget) moveByKey(event, axis, [], 0);
      }}
    >
      {children}
    </div>
  );
}

/** What stands in the place of lines. */
function without({ polled: { answer, problem }, empty }: ChartProps): string {
  if (answer !== undefined) return empty;
  return problem === '' ? 'History is being read.' : 'Not known while history cannot be read.';
}

interface FieldProps {
  readonly axis: Axis;
  readonly drawn: Drawn;
  readonly label: string;
  readonly isLow: boolean;
  readonly isDaily?: boolean;
}

/** The field alone, for charts with a legend of their own. */
export function Field({ axis, drawn, label, isLow, isDaily = false }: FieldProps) {
  const model = useModel();
  const field = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const { times, lines, print, isStacked, top } = drawn;
  useEffect(() => {
    if (!field.current) return;
    const made = new Plot(field.current, axis);
    plot.current = made;
    return () => made.destroy();
  }, [axis]);
  useEffect(() => plot.current?.show(drawn), [axis, times, lines, isStacked, top]);
  useLayoutEffect(() => {
    const element = field.current;
    const keeper = element?.closest<HTMLElement>('.chart-body');
    if (keeper && keeper === document.activeElement) element?.focus({ preventScroll: true });
    return () => {
      if (element === document.activeElement) keeper?.focus({ preventScroll: true });
    };
  }, []);
  const place = placeOf(axis.cursor.value, times) ?? newest(lines) ?? 0;
  const values = lines.map(line => `${line.name} ${printed(line.values[place], print)}`);
  return (
    <div
      ref={field}
      class={isLow ? 'chart-field low' : 'chart-field'}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-keyshortcuts={SHORTCUTS}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, times.length - 1)}
      aria-valuenow={place}
      aria-valuetext={`${momentText(model, times[place] ?? 0, isDaily)}: ${values.join(', ')}`}
      onKeyDown={event => moveByKey(event, axis, times, place)}
    />
  );
}

type LegendProps = Pick<ChartProps, 'axis' | 'times' | 'lines' | 'print' | 'isDaily'> & {
  readonly rest: number | undefined;
};

/** The lines' names, and their values under the cursor or at the end. */
function Legend({ axis, times, lines, print, isDaily = false, rest }: LegendProps) {
  const model = useModel();
  const pointed = placeOf(axis.cursor.value, times) ?? rest;
  const place = pointed ?? newest(lines) ?? 0;
  const at = (times[place] ?? 0) * 1000;
  return (
    <ul class="legend digits">
      {lines.map(({ name, color, kind, values, low }) => (
        <li key={name}>
          <Swatch color={color} kind={kind} />
          <span class="quiet">{name}</span>{' '}
          <strong>
            {low === undefined ? '' : `${printed(low[place], print)} – `}
            {printed(values[place], print)}
          </strong>
        </li>
      ))}
      <li class={pointed === undefined ? 'quiet latest' : 'latest'}>
        {pointed === undefined ? (
          'latest'
        ) : (
          <span title={model.print(at).full}>{momentText(model, at / 1000, isDaily)}</span>
        )}
      </li>
    </ul>
  );
}

function printed(value: number | null | undefined, print: (value: number) => string): string {
  return value === null || value === undefined ? '–' : print(value);
}

/** How a line looks in the field. */
function Swatch({ color, kind = 'line' }: Pick<Line, 'color' | 'kind'>) {
  return (
    <svg class={`swatch ${kind} color${color.slice(1)}`} viewBox="0 0 14 10" aria-hidden="true">
      {kind === 'line' || kind === 'dashes' || kind === 'limit' ? (
        <path d="M0 5h14" />
      ) : (
        <rect width="14" height="10" rx="2" />
      )}
    </svg>
  );
}
