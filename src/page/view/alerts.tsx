// What is wrong now: an alert a row, worst first; those that are not sent below, with the reason.

import { useModel } from '../model.js';
import type { AlertDetail, MutedAlert } from '../state.js';
import { severityRank } from '../status.js';
import { count } from '../words.js';
import { Details } from './details.js';
import { webAddress } from './link.js';
import { Next } from './next.js';
import { usePieces } from './pieces.js';
import { Shape } from './shape.js';
import { useSilenceButton } from './silence-button.js';
import { Age } from './time.js';
import { Link } from './view-link.js';

/** Said in place of "no alert" while the rules are not evaluated. */
export const UNKNOWN = 'Whether an alert fires is not known while the rules are not evaluated.';

/** Rows shown before a line says how many more there are. */
const SHOWN = 50;

export function AlertList() {
  const model = useModel();
  const { alerts } = model;
  const firing = sent(alerts.value.details);
  const { muted } = alerts.value;
  const { rules } = model.health.value;
  const drawn = usePieces(Math.min(firing.length, SHOWN));
  if (firing.length === 0 && muted.length === 0) return null;
  return (
    <section class="alerts js-only" aria-labelledby="wrong">
      <h2 id="wrong">What is wrong now</h2>
      {firing.length === 0 ? (
        <p class="quiet">{rules === undefined ? 'Nothing that is sent.' : UNKNOWN}</p>
      ) : null}
      <AlertRows alerts={firing.slice(0, drawn)} />
      <MoreAlerts total={firing.length} />
      <Muted muted={muted} />
      {model.isReadOnly ? null : (
        <p>
          <Link to={{ view: 'alerts' }}>All about these alerts</Link>
        </p>
      )}
    </section>
  );
}

function MoreAlerts({ total }: { total: number }) {
  return total > SHOWN ? <p class="quiet">{count(total - SHOWN, 'more alert')}</p> : null;
}

export function AlertRows({ alerts }: { alerts: readonly AlertDetail[] }) {
  return (
    <ul class="rows">
      {alerts.map(alert => (
        <Row key={`${alert.alertname} ${alert.service} ${alert.id}`} alert={alert} />
      ))}
    </ul>
  );
}

/** Alerts that are sent, worst first, the oldest first among equals. */
export function sent(details: readonly AlertDetail[]): AlertDetail[] {
  return details
    .filter(alert => !alert.muted_by?.length)
    .sort(
      (a, b) =>
        severityRank(a.severity) - severityRank(b.severity) ||
        (a.timestamp < b.timestamp ? -1 : Number(a.timestamp > b.timestamp)),
    );
}

function Row({ alert }: { alert: AlertDetail }) {
  const { severity, message, timestamp, alertname, service, fingerprint } = alert;
  const silence = useSilenceButton({ alertname, service, message, fingerprint });
  const [next] = alert.next ?? [];
  const runbook = webAddress(alert.runbook_url);
  return (
    <li class="row">
      <Shape of={severity} />
      <span class="severity">{severity}</span>
      <span class="what">
        <ServiceName id={service} /> <Message service={service} text={message} />
        {next === undefined ? null : (
          <span class="next quiet">
            Next: <Next next={next} />
          </span>
        )}
      </span>
      <span class="name quiet">{alertname}</span>
      <span class="age">
        <Age local={timestamp} />
      </span>
      {runbook === undefined ? (
        <span />
      ) : (
        <a href={runbook} rel="noreferrer" aria-label={`Runbook of ${alertname}`}>
          Runbook
        </a>
      )}
      {silence.button}
      {silence.panel}
    </li>
  );
}

/** What an alert is about; a service's name leads to its view. */
export function ServiceName({ id, otherwise = id }: { id: string; otherwise?: string }) {
  const name = useModel().name(id);
  if (name === undefined) return <strong>{otherwise}</strong>;
  return (
    <Link class="service" to={{ view: 'service', id }}>
      {name}
    </Link>
  );
}

/** A message without the name that stands before it already. */
export function Message({ service, text }: { service: string; text: string }) {
  const name = useModel().name(service);
  const rest = name !== undefined && text.startsWith(`${name} `) ? text.slice(name.length + 1) : text;
  return <span class="message">{rest}</span>;
}

function Muted({ muted }: { muted: readonly MutedAlert[] }) {
  if (muted.length === 0) return null;
  return (
    <Details
      of="muted"
      class="muted-list"
      summary={
        <>
          <Shape of="muted" /> {count(muted.length, 'alert')} not sent
        </>
      }
    >
      <ul class="rows">
        {muted.slice(0, SHOWN).map(({ service, severity, message, muted_by: reasons }) => (
          <li key={`${service} ${message}`} class="row muted-row">
            <Shape of={severity} />
            <span class="severity">{severity}</span>
            <span class="what">
              <ServiceName id={service} /> <Message service={service} text={message} />
            </span>
            <span class="quiet">{reasons.join('; ')}</span>
          </li>
        ))}
      </ul>
      <MoreAlerts total={muted.length} />
    </Details>
  );
}
