// What is known of a service besides its history: uptime, certificate, models, dependencies.

import { useMemo } from 'preact/hooks';
import { instant, type Series } from '../../api.js';
import { inTurn } from '../../chart/series.js';
import { useModel } from '../../model.js';
import { usePolled, usePolledJson } from '../../polled.js';
import { models } from '../../services.js';
import { Shape } from '../../view/shape.js';
import { Link } from '../../view/view-link.js';
import { percent, span } from '../../words.js';
import { type AboutService, LastAnswers } from './last-answers.js';
import { modelShape, modelsOf, modelWords } from './models.js';
import { modelsQuery, target, uptimeQuery } from './queries.js';
import { downtime, intervalOf, type Uptime, uptimeOf } from './uptime.js';

/** Milliseconds between two questions. */
const EVERY = 60_000;
const ABOUT_EVERY = 15_000;
const UPTIME_EVERY = 300_000;
const DAY = 86_400_000;

export function Facts({ id }: { id: string }) {
  const { isReadOnly } = useModel();
  const polled = usePolledJson<AboutService>(`services/${encodeURIComponent(id)}`, ABOUT_EVERY);
  return (
    <div class="facts">
      <UptimeFacts id={id} />
      <Dependencies about={polled.answer} />
      <Certificate of={polled.answer?.certificate} />
      {isReadOnly ? null : (
        <>
          <Models id={id} />
          <LastAnswers polled={polled} />
        </>
      )}
    </div>
  );
}

/** A PromQL answer of this moment; undefined before the first. @param every milliseconds between two questions */
export function useInstant(query: string, every: number): readonly Series[] | undefined {
  return usePolled(query, () => inTurn(() => instant(query)), every).answer;
}

const WINDOWS = ['24h', '7d', '30d'];

function UptimeFacts({ id }: { id: string }) {
  const { isReadOnly } = useModel();
  const ask = () =>
    inTurn(async () => {
      // The public sees no samples as they are, so how long it was down is not known there.
      const samples = isReadOnly ? [] : await instant(`langgraph_monitor_service_up{${target(id)}}[5m]`);
      const interval = intervalOf(samples);
      const found: Uptime[] = [];
      for (const window of WINDOWS) found.push(uptimeOf(await instant(uptimeQuery(id, window)), interval));
      return found;
    });
  const { answer } = usePolled(`uptime of ${id}`, ask, UPTIME_EVERY);
  return (
    <section class="fact" aria-labelledby="uptime">
      <h2 id="uptime">Uptime</h2>
      <dl class="digits">
        {WINDOWS.map((window, i) => {
          const uptime = answer?.[i];
          const down = uptime && downtime(uptime);
          return (
            <div key={window}>
              <dt>{window}</dt>
              <dd>
                <strong>{uptime?.share === undefined ? '–' : percent(uptime.share)}</strong>{' '}
                <span class="quiet">
                  {downWords(down)}
                  {uptime && uptime.planned > 0 ? `, ${percent(uptime.planned)} maintenance` : ''}
                </span>
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

function downWords(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  return seconds === 0 ? 'never down' : `${span(seconds * 1000)} down`;
}

function Dependencies({ about }: { about: AboutService | undefined }) {
  const empty = about === undefined ? '–' : 'no other service';
  return (
    <section class="fact" aria-labelledby="dependencies">
      <h2 id="dependencies">Dependencies</h2>
      <h3>Depends on</h3>
      <ServiceLinks ids={about?.depends_on ?? []} empty={empty} />
      <h3>Needed by</h3>
      <ServiceLinks ids={about?.dependents ?? []} empty={empty} />
    </section>
  );
}

function ServiceLinks({ ids, empty }: { ids: readonly string[]; empty: string }) {
  const model = useModel();
  // Those the page does not show are not named here either.
  const shown = [...new Set(ids)].filter(id => model.service(id) !== undefined).sort();
  if (shown.length === 0) return <p class="quiet">{empty}</p>;
  return (
    <ul>
      {shown.map(id => {
        const status = model.service(id)?.health.status ?? 'unknown';
        return (
          <li key={id}>
            <Shape of={status} /> <Link to={{ view: 'service', id }}>{model.service(id)?.name ?? id}</Link>{' '}
            <span class={status === 'healthy' ? 'quiet' : status}>{status}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** Days at which the certificate is worth a colour: as the alert rule has it. */
const SOON = 14;

function Certificate({ of }: { of: AboutService['certificate'] }) {
  const model = useModel();
  const earliest = model.epoch(of?.expires);
  if (of === undefined || earliest === undefined) return null;
  const chain = model.epoch(of.chain_expires);
  return (
    <section class="fact" aria-labelledby="certificate">
      <h2 id="certificate">Certificate</h2>
      <Expiry at={earliest} />
      <dl>
        {chain === undefined ? null : <Fact name="Chain valid until" value={day(chain)} />}
        <Fact name="Names" value={of.names} />
        <Fact name="Subject" value={of.subject} />
        <Fact name="Issuer" value={of.issuer} />
        <Fact name="TLS" value={of.tls_version} />
      </dl>
    </section>
  );
}

/** @param at milliseconds since the epoch */
function Expiry({ at }: { at: number }) {
  const { now } = useModel();
  const left = Math.floor((at - now.value) / DAY);
  return (
    <p>
      {left < SOON ? <Shape of="degraded" /> : null}{' '}
      <strong class={left < SOON ? 'degraded' : ''}>
        {left < 0 ? `expired ${span(now.value - at)} ago` : `${left} ${left === 1 ? 'day' : 'days'} left`}
      </strong>{' '}
      <span class="quiet">until {day(at)}</span>
    </p>
  );
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function Fact({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined || value === '') return null;
  return (
    <div>
      <dt class="quiet">{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Models({ id }: { id: string }) {
  const asked = useInstant(modelsQuery(id), EVERY);
  const facts = useMemo(() => asked ?? [], [asked]);
  const data = useModel().service(id)?.health.data;
  const named = useMemo(() => modelsOf(facts, models(data)), [facts, data]);
  if (named.length === 0) return null;
  return (
    <section class="fact" aria-labelledby="models">
      <h2 id="models">Models</h2>
      <ul>
        {named.map(model => (
          <li key={model.name}>
            <Shape of={modelShape(model)} /> {model.name}{' '}
            <span class={modelShape(model) === 'degraded' ? 'degraded' : 'quiet'}>{modelWords(model)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
