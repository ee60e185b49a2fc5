// A chart's values as a table, newest first: for screen readers, and for copying.

import { useModel } from '../model.js';
import { Details } from '../view/details.js';
import type { ChartProps } from './chart-props.js';
import { momentText } from './moment-text.js';

type TableProps = Pick<ChartProps, 'title' | 'times' | 'lines' | 'print' | 'isDaily'>;

/** Drawn once it is asked for: it has hundreds of rows. */
export function AsTable(props: TableProps) {
  const { title } = props;
  return (
    <Details of={`table ${title}`} class="as-table" label={`${title} as a table`} summary="As a table">
      <Rows {...props} />
    </Details>
  );
}

function Rows({ title, times, lines, print, isDaily = false }: TableProps) {
  const model = useModel();
  const text = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : print(value);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of keys
    <section class="scroll" aria-label={`Values of ${title}`} tabIndex={0}>
      <table class="digits">
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times
            .map((at, place) => ({ at, place }))
            .reverse()
            .filter(({ place }) => lines.some(({ values }) => values[place] !== null))
            .map(({ at, place }) => (
              <tr key={at}>
                <th scope="row">{momentText(model, at, isDaily)}</th>
                {lines.map(({ name, values, low }) => (
                  <td key={name}>
                    {low === undefined ? '' : `${text(low[place])} – `}
                    {text(values[place])}
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
