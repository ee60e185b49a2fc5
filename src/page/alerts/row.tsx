// An alert of the list: what it says, since when, what happens next; with all that is known of it below.

import type { ComponentChildren } from 'preact';
import { useModel } from '../model.js';
import { usePolledJson } from '../polled.js';
import type { AlertDetail } from '../state.js';
import { Message, ServiceName } from '../view/alerts.js';
import { useOpen } from '../view/details.js';
import { Expression } from '../view/expression.js';
import { webAddress } from '../view/link.js';
import { Next, recipient } from '../view/next.js';
import { Shape } from '../view/shape.js';
import { useSilenceButton } from '../view/silence-button.js';
import { Age, Moment, Until } from '../view/time.js';
import { Link } from '../view/view-link.js';
import { firesAt, type ShownAlert } from './join.js';

/** Milliseconds between two looks at what comes next. */
const EVERY = 15_000;

export function AlertRow({ alert, onSilenced }: { alert: ShownAlert; onSilenced: () => void }) {
  const { alertname, service, severity, message, since, fingerprint } = alert;
  const { isOpen, toggle } = useOpen(alert.key);
  const silence = useSilenceButton({ alertname, service, message, fingerprint }, onSilenced);
  const isSilenceable = alert.state !== 'muted' && alertname !== '';
  const details = `about-${encodeURIComponent(alert.key)}`;
  const about = `${alertname || 'the alert'} of ${service || 'the cluster'}`;
  return (
    <li class="row alert">
      <Shape of={severity} />
      <span class="severity">{severity || 'none'}</span>
      <div class="what">
        <ServiceName id={service} otherwise={service || alertname} />{' '}
        <Message service={service} text={message} />
        <p class="quiet">
          {alertname === '' ? null : <>{alertname} · </>}
          <Course alert={alert} />
        </p>
      </div>
      <span class="age">
        <Age local={since} />
      </span>
      <div class="buttons">
        {isSilenceable ? silence.button : null}
        <button
          type="button"
          class="plain-button small"
          aria-expanded={isOpen}
          aria-controls={details}
          aria-label={`${isOpen ? 'Less' : 'More'} about ${about}`}
          onClick={toggle}
        >
          {isOpen ? 'Less' : 'More'}
        </button>
      </div>
      {isSilenceable ? silence.panel : null}
      {isOpen ? <About alert={alert} id={details} /> : <div id={details} hidden />}
    </li>
  );
}

/** One line: why it is not sent, when it fires, or what happens next. */
function Course({ alert }: { alert: ShownAlert }) {
  const { detail, mutedBy } = alert;
  if (mutedBy.length > 0) return <>not sent: {mutedBy.join('; ')}</>;
  const at = firesAt(alert);
  if (at !== undefined)
    return (
      <>
        fires in <Until at={at} /> unless it ends
      </>
    );
  const [next] = detail?.next ?? [];
  if (next) return <Next next={next} />;
  return (
    <>
      <Escalates alert={alert} />
      {detail?.nothing_follows ?? detail?.action_taken ?? 'sent as its routes say'}
    </>
  );
}

/** How far it rises next, where the receivers of the next step are not known. */
function Escalates({ alert: { escalations } }: { alert: ShownAlert }) {
  const [first] = escalations;
  if (first === undefined) return null;
  return (
    <>
      escalates to {first.level} in <Until at={first.at} /> unless it ends;{' '}
    </>
  );
}

function About({ alert, id }: { alert: ShownAlert; id: string }) {
  const model = useModel();
  const { labels, value, rule, detail, fingerprint, service } = alert;
  const runbook = webAddress(alert.runbook);
  const dashboard = webAddress(detail?.dashboard_url);
  return (
    <div class="about" id={id}>
      <dl>
        {Object.keys(labels).length === 0 ? null : (
          <Fact name="Labels">
            <ul class="labels">
              {Object.entries(labels).map(([label, text]) => (
                <li key={label}>
                  <code>
                    {label}={JSON.stringify(text)}
                  </code>
                </li>
              ))}
            </ul>
          </Fact>
        )}
        {value === undefined ? null : <Fact name="Value">{numberOf(value)}</Fact>}
        {rule === undefined ? null : (
          <Fact name="Rule">
            <Expression
              query={rule.query}
              duration={rule.duration}
              activeAt={model.epoch(alert.activeAt ?? alert.since)}
            />
            {rule.health === 'err' ? (
              <p class="fault">It cannot be evaluated: {rule.lastError ?? 'unknown'}</p>
            ) : null}
          </Fact>
        )}
        {detail?.told === undefined && fingerprint !== undefined ? (
          <NotificationsOf fingerprint={fingerprint} />
        ) : (
          <Notifications of={detail} />
        )}
      </dl>
      <p class="links">
        {runbook === undefined ? null : (
          <a href={runbook} rel="noreferrer">
            Runbook
          </a>
        )}
        {dashboard === undefined ? null : (
          <a href={dashboard} rel="noreferrer">
            Dashboard
          </a>
        )}
        {detail?.id === undefined ? null : (
          <Link to={{ view: 'incidents', query: `?id=${encodeURIComponent(detail.id)}` }}>Incident</Link>
        )}
        {model.service(service) === undefined ? null : (
          <Link to={{ view: 'service', id: service }}>Service</Link>
        )}
        {viewsOf(alert).map(({ view, name }) => (
          <Link key={view} to={{ view }}>
            {name}
          </Link>
        ))}
      </p>
    </div>
  );
}

/** Views besides the service's that show what an alert is about, by the metrics of its rule. */
function viewsOf({ rule }: ShownAlert): { readonly view: 'haproxy' | 'node'; readonly name: string }[] {
  const query = rule?.query ?? '';
  return [
    ...(/\bhaproxy_/.test(query) ? [{ view: 'haproxy' as const, name: 'HAProxy' }] : []),
    ...(/\bhost_/.test(query) ? [{ view: 'node' as const, name: 'Node' }] : []),
  ];
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

type Sent = Pick<AlertDetail, 'told' | 'next' | 'nothing_follows'>;

/** Of an alert /alerts does not list: one that escalates another, or that always fires. */
function NotificationsOf({ fingerprint }: { fingerprint: string }) {
  const { answer, problem } = usePolledJson<Sent>(
    `api/v2/alert/${encodeURIComponent(fingerprint)}/notifications`,
    EVERY,
  );
  if (problem !== '')
    return (
      <Fact name="Sent">
        <span class="fault">Cannot be shown: {problem}</span>
      </Fact>
    );
  return <Notifications of={answer} />;
}

function Notifications({ of }: { of: Sent | undefined }) {
  const { told = [], next = [], nothing_follows: nothing } = of ?? {};
  return (
    <>
      <Fact name="Sent">
        {told.length === 0 ? <span class="quiet">Nothing yet.</span> : null}
        <ul>
          {told.map(each => (
            <li key={`${each.at} ${each.receiver} ${each.integration}`}>
              <Moment local={each.at} /> {recipient(each)}
              {each.status === 'resolved' ? ', that it ended' : ''}
              {each.escalation === undefined ? '' : `, ${each.escalation}`}
              {each.outcome === 'failed' ? (
                <span class="unhealthy">: failed, {each.error ?? 'reason unknown'}</span>
              ) : null}
            </li>
          ))}
        </ul>
      </Fact>
      <Fact name="Next">
        {next.length === 0 ? <span class="quiet">{nothing ?? 'Nothing.'}</span> : null}
        <ul>
          {next.map(each => (
            <li key={`${each.at} ${each.receiver} ${each.integration} ${each.what}`}>
              <Next next={each} />
            </li>
          ))}
        </ul>
      </Fact>
    </>
  );
}

/** A sample as PromQL's API prints it (`1e+00`), for people. */
function numberOf(value: string): string {
  const number = Number(value);
  return Number.isFinite(number) ? String(Number(number.toPrecision(6))) : value;
}
