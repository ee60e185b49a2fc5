// The services in their groups, with what filters and orders them.

import { useId } from 'preact/hooks';
import { BAR_SPANS, type BarSpan, ORDERS, type Order, type View } from '../address.js';
import { useModel } from '../model.js';
import type { Group } from '../services.js';
import { STATUSES } from '../status.js';
import { count } from '../words.js';
import { Card } from './card.js';
import { useOpen } from './details.js';
import { useMore } from './more.js';
import { Shape } from './shape.js';
import { TickLegend } from './ticks.js';

const ORDER_NAMES: Readonly<Record<Order, string>> = {
  worst: 'Worst first',
  name: 'Name',
  slowest: 'Slowest first',
};
const SPAN_NAMES: Readonly<Record<BarSpan, string>> = { '90min': '90 min', '90h': '90 h', '90d': '90 d' };

export function Services() {
  const model = useModel();
  const groups = model.groups.value;
  const total = Object.keys(model.health.value.services).length;
  const problem = model.historyProblem.value;
  const hold = (isHeld: boolean) => () => {
    model.isHeld.value = isHeld;
  };
  return (
    <section class="services js-only" aria-label="Services">
      <Toolbar />
      {problem === '' ? null : (
        <p class="notice">History cannot be shown: {problem}. The states above are live.</p>
      )}
      {groups.length === 0 ? null : <TickLegend />}
      {/* Cards do not move while a pointer is over them. */}
      <div onPointerEnter={hold(true)} onPointerLeave={hold(false)}>
        {groups.map(group => (
          <ServiceGroup key={group.name} group={group} />
        ))}
      </div>
      {groups.length > 0 ? null : <Empty total={total} />}
    </section>
  );
}

function Empty({ total }: { total: number }) {
  if (total > 0) return <p class="empty">None of the {count(total, 'service')} fits the filter.</p>;
  return (
    <p class="empty">
      No services are configured. Add them below <code>services:</code> in monitor.yml; they appear here with
      their first check.
    </p>
  );
}

function ServiceGroup({ group: { name, entries, folded } }: { group: Group }) {
  const { isOpen, toggle } = useOpen(`group ${name}`);
  const shown = isOpen ? [...entries, ...folded] : entries;
  const { drawn, button } = useMore(shown.length, 'services');
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        {name} <span class="quiet">{entries.length + folded.length}</span>
      </h2>
      {folded.length === 0 ? null : (
        <button type="button" class="fold" aria-expanded={isOpen} onClick={toggle}>
          <Shape of="healthy" /> {folded.length} healthy <span class="link">{isOpen ? 'Hide' : 'Show'}</span>
        </button>
      )}
      <ul class="cards">
        {shown.slice(0, drawn).map(([id, entry]) => (
          <Card key={id} id={id} entry={entry} />
        ))}
      </ul>
      {button}
    </section>
  );
}

function Toolbar() {
  const model = useModel();
  const view = model.view.value;
  const change = (part: Partial<View>) => {
    model.show(part);
  };
  return (
    <div class="toolbar">
      <input
        type="search"
        value={view.text}
        placeholder="Filter services"
        aria-label="Filter services by name, model or reason"
        onInput={event => change({ text: event.currentTarget.value })}
      />
      <States view={view} change={change} />
      <label>
        <span class="sort quiet">Sort</span>{' '}
        <select value={view.order} onChange={event => change({ order: event.currentTarget.value as Order })}>
          {ORDERS.map(order => (
            <option key={order} value={order} selected={order === view.order}>
              {ORDER_NAMES[order]}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="segments">
        <legend class="hidden">Span of the bars</legend>
        {BAR_SPANS.map(bars => (
          <button key={bars} type="button" aria-pressed={view.bars === bars} onClick={() => change({ bars })}>
            {SPAN_NAMES[bars]}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function States({ view, change }: { view: View; change: (part: Partial<View>) => void }) {
  const services = Object.values(useModel().health.value.services);
  const counts = new Map<string, number>();
  for (const { health } of services) counts.set(health.status, (counts.get(health.status) ?? 0) + 1);
  const counted = STATUSES.map(status => [status, counts.get(status) ?? 0] as const).filter(
    ([status, number]) => number > 0 || view.states.includes(status),
  );
  const toggle = (status: string) =>
    view.states.includes(status) ? view.states.filter(each => each !== status) : [...view.states, status];
  return (
    <fieldset class="chips">
      <legend class="hidden">Filter services by state</legend>
      {counted.map(([status, number]) => (
        <button
          key={status}
          type="button"
          aria-pressed={view.states.includes(status)}
          onClick={() => change({ states: toggle(status) })}
        >
          <Shape of={status} /> {status} <span class="digits quiet">{number}</span>
        </button>
      ))}
    </fieldset>
  );
}
