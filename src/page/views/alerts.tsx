// Alerts: all that fire, grouped as they are sent; those that are muted, with the reason; those that are pending.

import './alerts.css';
import { useEffect, useMemo } from 'preact/hooks';
import {
  type AlertFilter,
  type AlertGroup,
  fits,
  GROUP_NAMES,
  type GroupBy,
  groupAlerts,
  parseAlertFilter,
  printAlertFilter,
} from '../alerts/grouping.js';
import { type ApiGroup, type ApiRule, joinAlerts, type ShownAlert } from '../alerts/join.js';
import { AlertRow } from '../alerts/row.js';
import { TestReceivers } from '../alerts/test-receivers.js';
import { useModel } from '../model.js';
import { openName, openOf } from '../open.js';
import { usePolledJson } from '../polled.js';
import type { Alerts } from '../state.js';
import { severityRank } from '../status.js';
import { UNKNOWN } from '../view/alerts.js';
import { Details, useOpen } from '../view/details.js';
import { firstRows, useMore } from '../view/more.js';
import { count } from '../words.js';

/** Milliseconds between two looks. */
const EVERY = 5000;
const RULES_EVERY = 15_000;
/** Of alerts that fire as long as all is well. */
const ALWAYS = 'none';

interface Rules {
  readonly data: { readonly groups: readonly { readonly rules: readonly ApiRule[] }[] };
}

export function View() {
  const model = useModel();
  const filter = parseAlertFilter(model.place.value.query);
  const alerts = usePolledJson<Alerts>('alerts?detail=true', EVERY);
  const groups = usePolledJson<ApiGroup[]>('api/v2/alerts/groups', EVERY);
  const rules = usePolledJson<Rules>('api/v1/rules?type=alert', RULES_EVERY);
  const firingNow = alerts.answer?.details.map(each => `${each.alertname} ${each.service}`).join('\n');
  // What rules say of an alert that begins is worth more than the next look.
  useEffect(() => {
    if (firingNow !== undefined) rules.reload();
  }, [firingNow]);
  const known = alerts.answer ?? model.alerts.value;
  const sources = useMemo(
    () => ({
      alerts: known,
      groups: groups.answer ?? [],
      rules: rules.answer?.data.groups.flatMap(group => group.rules) ?? [],
    }),
    [known, groups.answer, rules.answer],
  );
  const nameOf = (service: string) => model.name(service) ?? service;
  const all = useMemo(() => joinAlerts(sources), [sources]);
  const shown = all.filter(alert => fits(alert, filter, nameOf(alert.service)));
  const reload = () => {
    alerts.reload();
    groups.reload();
  };
  const those = (state: ShownAlert['state']) =>
    shown.filter(alert => alert.state === state && alert.severity !== ALWAYS);
  const firing = groupAlerts(those('firing'), sources.groups, filter.by, nameOf);
  return (
    <section class="alert-view js-only" aria-labelledby="alerts">
      <h1 id="alerts">Alerts</h1>
      <Toolbar filter={filter} all={all} />
      {alerts.problem === '' ? null : <p class="notice">Alerts cannot be shown: {alerts.problem}</p>}
      {groups.problem === '' ? null : (
        <p class="notice">Groups and labels cannot be shown: {groups.problem}</p>
      )}
      {rules.problem === '' ? null : (
        <p class="notice">Rules and pending alerts cannot be shown: {rules.problem}</p>
      )}
      <h2>
        Firing <span class="quiet">{those('firing').length}</span>
      </h2>
      {firing.length === 0 ? <Empty isFiltered={filter.text !== '' || filter.severity !== ''} /> : null}
      <Groups groups={firing} onSilenced={reload} />
      <Part name="Muted" alerts={those('muted')} onSilenced={reload} />
      <Part name="Pending" alerts={those('pending')} onSilenced={reload} />
      <Always alerts={shown.filter(({ severity }) => severity === ALWAYS)} onSilenced={reload} />
    </section>
  );
}

function Empty({ isFiltered }: { isFiltered: boolean }) {
  const isKnown = useModel().health.value.rules === undefined;
  const text = isKnown ? 'No alert fires. Each appears here when it does.' : UNKNOWN;
  return <p class="empty">{isFiltered ? 'No alert that fires fits the filter.' : text}</p>;
}

function Toolbar({ filter, all }: { filter: AlertFilter; all: readonly ShownAlert[] }) {
  const model = useModel();
  const { isOpen: isTesting, toggle } = useOpen('receivers');
  const change = (part: Partial<AlertFilter>) =>
    model.setQuery(printAlertFilter({ ...parseAlertFilter(model.place.peek().query), ...part }));
  const severities = [...new Set([...all.map(({ severity }) => severity), filter.severity])]
    .filter(severity => severity !== '' && severity !== ALWAYS)
    .sort((a, b) => severityRank(a) - severityRank(b));
  return (
    <>
      <div class="toolbar">
        <input
          type="search"
          value={filter.text}
          placeholder="Filter alerts"
          aria-label="Filter alerts by name, service, message or label"
          onInput={event => change({ text: event.currentTarget.value })}
        />
        <label>
          <span class="sort quiet">Severity</span>{' '}
          <select value={filter.severity} onChange={event => change({ severity: event.currentTarget.value })}>
            <option value="">All severities</option>
            {severities.map(each => (
              <option key={each} value={each} selected={each === filter.severity}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="sort quiet">Groups</span>{' '}
          <select value={filter.by} onChange={event => change({ by: event.currentTarget.value as GroupBy })}>
            {Object.entries(GROUP_NAMES).map(([by, name]) => (
              <option key={by} value={by} selected={by === filter.by}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {model.isReadOnly ? null : (
          <button
            type="button"
            class="toggle"
            aria-expanded={isTesting}
            aria-controls="receivers"
            onClick={toggle}
          >
            Does it reach me?
          </button>
        )}
      </div>
      {isTesting ? <TestReceivers id="receivers" /> : <div id="receivers" hidden />}
    </>
  );
}

interface ListProps {
  readonly alerts: readonly ShownAlert[];
  readonly onSilenced: () => void;
}

function List({ alerts, onSilenced }: ListProps) {
  const { drawn, button } = useMore(alerts.length, 'alerts', { atLeast: useOpened(alerts) });
  return (
    <>
      <Rows alerts={alerts.slice(0, drawn)} onSilenced={onSilenced} />
      {button}
    </>
  );
}

function Rows({ alerts, onSilenced }: ListProps) {
  return (
    <ul class="rows">
      {alerts.map(alert => (
        <AlertRow key={alert.key} alert={alert} onSilenced={onSilenced} />
      ))}
    </ul>
  );
}

/** How many alerts of a list have to be shown for all of those that are open. */
function useOpened(alerts: readonly ShownAlert[]): number {
  const open = openOf(useModel().place.value.query);
  if (open.length === 0) return 0;
  return alerts.reduce((last, { key }, i) => (open.includes(openName(key)) ? i + 1 : last), 0);
}

/** Together they are as long as one list. */
function Groups({ groups, onSilenced }: { groups: readonly AlertGroup[]; onSilenced: () => void }) {
  const alerts = groups.flatMap(group => group.alerts);
  const { drawn, button } = useMore(alerts.length, 'alerts', { atLeast: useOpened(alerts) });
  const rows = firstRows(
    groups.map(group => group.alerts.length),
    drawn,
  );
  return (
    <>
      {groups.map((group, i) =>
        rows[i] === 0 ? null : (
          <Group key={group.key} group={group} rows={rows[i] ?? 0} onSilenced={onSilenced} />
        ),
      )}
      {button}
    </>
  );
}

interface GroupProps {
  readonly group: AlertGroup;
  /** How many of its alerts are drawn. */
  readonly rows: number;
  readonly onSilenced: () => void;
}

function Group({ group: { name, labels, alerts }, rows, onSilenced }: GroupProps) {
  return (
    <section class="alert-group" aria-label={name || 'Alerts'}>
      {name === '' ? null : (
        <h3>
          {name}{' '}
          {Object.entries(labels).map(([label, value]) => (
            <code key={label}>
              {label}={JSON.stringify(value)}
            </code>
          ))}
        </h3>
      )}
      <Rows alerts={alerts.slice(0, rows)} onSilenced={onSilenced} />
    </section>
  );
}

function Part({ name, alerts, onSilenced }: ListProps & { name: string }) {
  if (alerts.length === 0) return null;
  return (
    <section aria-label={name}>
      <h2>
        {name} <span class="quiet">{alerts.length}</span>
      </h2>
      <List alerts={alerts} onSilenced={onSilenced} />
    </section>
  );
}

/** Alerts that show by firing that alerts arrive. */
function Always({ alerts, onSilenced }: ListProps) {
  if (alerts.length === 0) return null;
  return (
    <Details
      of="always"
      class="muted-list"
      summary={`${count(alerts.length, 'alert')} that always fires, to show that alerts arrive`}
    >
      <List alerts={alerts} onSilenced={onSilenced} />
    </Details>
  );
}
