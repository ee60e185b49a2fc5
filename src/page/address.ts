// What of the page stands in its address: filter, order and the span of the bars. Anything that is not understood
// counts as not given, so that every link leads somewhere.

/** How services are ordered within a group. */
export type Order = 'worst' | 'name' | 'slowest';
/** The span of the bars of checks: 90 minutes, hours or days. */
export type BarSpan = '90min' | '90h' | '90d';

export const ORDERS: readonly Order[] = ['worst', 'name', 'slowest'];
export const BAR_SPANS: readonly BarSpan[] = ['90min', '90h', '90d'];

export interface View {
  /** Text a service's name, id, reason or model contains; empty for all. */
  readonly text: string;
  /** States shown; none for all. */
  readonly states: readonly string[];
  readonly order: Order;
  readonly bars: BarSpan;
}

/** Reads a query string. */
export function parseView(query: string): View {
  const given = new URLSearchParams(query);
  const oneOf = <Value extends string>(name: string, values: readonly Value[]): Value =>
    values.find(value => value === given.get(name)) ?? (values[0] as Value);
  return {
    text: given.get('q') ?? '',
    states: (given.get('state') ?? '').split(',').filter(state => /^[a-z]+$/.test(state)),
    order: oneOf('sort', ORDERS),
    bars: oneOf('bars', BAR_SPANS),
  };
}

/** The query string of a view: empty when nothing is chosen, else with `?`. */
export function printView({ text, states, order, bars }: View): string {
  const query = new URLSearchParams();
  if (text !== '') query.set('q', text);
  if (states.length > 0) query.set('state', states.join(','));
  if (order !== ORDERS[0]) query.set('sort', order);
  if (bars !== BAR_SPANS[0]) query.set('bars', bars);
  const printed = query.toString().replaceAll('%2C', ',');
  return printed === '' ? '' : `?${printed}`;
}
