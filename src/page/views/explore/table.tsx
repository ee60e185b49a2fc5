// An answer as a table: a row a series.

import { useSignal } from '@preact/signals';
import { useModel } from '../../model.js';
import { Breakable } from '../../view/breakable.js';
import { count } from '../../words.js';
import { type Point, type Result, type Series, seriesOf } from './answer.js';
import { type Labels, seriesName } from './labels.js';

/** Rows drawn before the button for more; a browser takes long for ten thousand. */
const PAGE = 400;

export function Table({ data }: { data: Result }) {
  const limit = useSignal(PAGE);
  const result = seriesOf(data);
  if (!result)
    return (
      <table class="result">
        <tbody>
          <tr>
            <td>{data.resultType}</td>
            <td class="digits">{String(data.result[1])}</td>
          </tr>
        </tbody>
      </table>
    );
  if (result.length === 0)
    return <p class="empty">The expression is right, and no series fits it at this moment.</p>;
  const rest = result.length - limit.value;
  return (
    <>
      <table class="result">
        <thead class="hidden">
          <tr>
            <th>Series</th>
            <th>Value</th>
          </tr>
        </thead>
        <tbody>
          {result.slice(0, limit.value).map(series => (
            <tr key={seriesName(series.metric)}>
              <td>
                <SeriesName labels={series.metric} />
              </td>
              <td class="digits">
                <Values series={series} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rest <= 0 ? null : (
        <button
          type="button"
          class="fold"
          onClick={() => {
            limit.value += PAGE;
          }}
        >
          Show {Math.min(rest, PAGE)} of {count(rest, 'more row')}
        </button>
      )}
    </>
  );
}

export function SeriesName({ labels }: { labels: Labels }) {
  const { __name__: name, ...rest } = labels;
  const entries = Object.entries(rest);
  return (
    <span class="series">
      {name === undefined ? null : <Breakable text={name} />}
      {entries.length === 0 && name !== undefined ? null : '{'}
      {entries.map(([label, value], i) => (
        <span key={label}>
          {i === 0 ? '' : ', '}
          <b>
            <Breakable text={label} />
          </b>
          =<Breakable text={JSON.stringify(value)} />
        </span>
      ))}
      {entries.length === 0 && name !== undefined ? null : '}'}
    </span>
  );
}

function Values({ series: { value, values } }: { series: Series }) {
  if (value !== undefined) return <>{value[1]}</>;
  return (
    <>
      {values?.map(point => (
        <div key={point[0]}>
          {point[1]} <At point={point} />
        </div>
      ))}
    </>
  );
}

function At({ point: [at] }: { point: Point }) {
  const { short, full } = useModel().print(at * 1000);
  return (
    <span class="quiet" title={full}>
      @{at} ({short})
    </span>
  );
}
