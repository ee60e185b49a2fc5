// What to do next, with the lines to paste: no service answers, nothing is checked, a reload was refused.

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { ASK, hurdleOf, RULE_FILES, SERVICES } from '../first-run.js';
import { useModel } from '../model.js';
import { Shape } from './shape.js';
import { Moment } from './time.js';

export function FirstRun() {
  const { health, isReadOnly } = useModel();
  if (isReadOnly) return null;
  return (
    <>
      <RefusedReload />
      <Step />
      {hurdleOf(health.value) === 'no rules' ? (
        <Guide title="The rules are not evaluated">
          <p>
            States and response times go on; alerts and the cluster's status do not. Where{' '}
            <code>query.url</code> names a Prometheus, it has to load the shipped rules. In its
            prometheus.yml:
          </p>
          <Lines text={RULE_FILES} />
        </Guide>
      ) : null}
    </>
  );
}

function Step() {
  const { services } = useModel().health.value;
  const hurdle = hurdleOf(useModel().health.value);
  const [first] = Object.values(services);
  if (hurdle === 'no answers')
    return (
      <Guide title="No service answers">
        <p>
          Where they run, monitor.yml has other addresses than those at which this machine reaches them
          {first?.health.error ? ` (${first.health.error})` : ''}. Ask one from this machine:
        </p>
        <Lines text={ASK} />
        <p>
          <code>Connection refused</code>: it is not running, or bound to another address. <code>DNS</code>:
          the name servers of /etc/resolv.conf. <code>Request timed out</code>: a firewall, or it is busy:
          raise <code>timeout</code>. A service in monitor.yml, with your own name and address:
        </p>
        <Lines text={SERVICES} />
        <p>
          <code>langgraph-monitor check-config monitor.yml</code> says what is wrong with the file;{' '}
          <code>systemctl reload langgraph-monitor</code> or <code>kill -HUP PID</code> reloads it.
        </p>
      </Guide>
    );
  if (hurdle !== 'no checks') return null;
  return (
    <Guide title="The first checks do not end">
      <p>The monitor runs for more than a minute and has checked nothing. Its log says why:</p>
      <Lines text={'journalctl -u langgraph-monitor -n 50\n'} />
    </Guide>
  );
}

/** A reload that found mistakes: the former configuration goes on. */
function RefusedReload() {
  const reload = useModel().refusedReload.value;
  if (reload === undefined) return null;
  return (
    <Guide title="The configuration was not reloaded">
      <p>
        {reload.at === undefined ? null : (
          <>
            At <Moment local={reload.at} />:{' '}
          </>
        )}
        the former one goes on. Correct this and reload again:
      </p>
      <pre class="lines">{reload.error}</pre>
    </Guide>
  );
}

function Guide({ title, children }: { title: string; children: preact.ComponentChildren }) {
  const id = title.toLowerCase().replaceAll(' ', '-');
  return (
    <section class="guide js-only" aria-labelledby={id}>
      <h2 id={id}>
        <Shape of="info" /> {title}
      </h2>
      {children}
    </section>
  );
}

/** Lines to paste, with a button that copies them. */
function Lines({ text }: { text: string }) {
  const lines = useRef<HTMLPreElement>(null);
  const said = useSignal('');
  const copy = async () => {
    const isCopied = await copyText(text, lines.current as HTMLElement);
    said.value = isCopied ? 'Copied' : 'Press Ctrl+C';
  };
  return (
    <div class="copied">
      <pre class="lines" ref={lines}>
        {text}
      </pre>
      <button type="button" class="plain-button small" onClick={() => void copy()}>
        {said.value || 'Copy'}
      </button>
      <span class="hidden" role="status">
        {said.value}
      </span>
    </div>
  );
}

/** Browsers give the clipboard to pages of https and this machine alone; elsewhere what is selected can be copied. */
async function copyText(text: string, element: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(element);
    return document.execCommand('copy');
  }
}
