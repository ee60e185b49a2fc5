import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { Expansion } from '../../src/rules/expansion.js';
import type { InstantSample } from '../../src/rules/query-func.js';

/** An expansion whose queries are answered by `answers`. */
function make(answers: Record<string, readonly InstantSample[]>) {
  const query = (text: string) => {
    const answer = answers[text];
    if (!answer) throw new Error('no answer');
    return answer;
  };
  return new Expansion('A', { externalLabels: {}, externalUrl: '', query });
}

const sample = (value: number): InstantSample => ({ labels: Labels.NONE, value });
const t1 = Labels.of({ target: 't1' });
const QUERY = '{{ with query "q" }}{{ . | first | value }}{{ end }}';

describe('a text that was filled in is filled in again', () => {
  const answers = { q: [sample(1)] };
  test.each<
    [name: string, text: string, change: () => [labels: Labels, value: number], want: [string, string]]
  >([
    ['when the value is another', '{{ $value }}', () => [t1, 2], ['1', '2']],
    [
      'when the labels are others',
      '{{ $labels.target }}',
      () => [Labels.of({ target: 't2' }), 1],
      ['t1', 't2'],
    ],
    [
      'when a query has another answer',
      QUERY,
      () => {
        answers.q = [sample(2)];
        return [t1, 1];
      },
      ['1', '2'],
    ],
    [
      'when a query fails',
      '{{ with query "q" }}{{ . | first | value }}{{ end }}',
      () => {
        answers.q = undefined as never;
        return [t1, 1];
      },
      ['1', expect.stringContaining('error expanding template')] as never,
    ],
    ['when it looks at the time', '{{ now }}', () => [t1, 1], ['1', '2']],
  ])('%s', (_, text, change, want) => {
    answers.q = [sample(1)];
    const expansion = make(answers);
    const first = expansion.expand(text, t1, 1, 1000);
    const [labels, value] = change();
    expect([first, expansion.expand(text, labels, value, 2000)]).toEqual(want);
  });
});

test('alerts of the same rule have texts of their own', () => {
  const expansion = make({});
  for (const at of [1000, 2000, 3000])
    expect(
      ['t1', 't2'].map(target => expansion.expand('{{ $labels.target }}', Labels.of({ target }), 1, at)),
    ).toEqual(['t1', 't2']);
});
