// The sections `alerting` and `actions` of monitor.yml. Comes in: the words schemas are made of; goes out: the schemas.

import { MatcherError } from '../alertmanager/matchers/error.js';
import type { Matcher } from '../alertmanager/matchers/matcher.js';
import { parseMatchers } from '../alertmanager/matchers/parse.js';
import { httpClientProblem } from '../config/http-client/problem.js';
import type { SchemaKit } from '../config/schema-kit.js';
import { relabelConfigsJson } from '../relabel/json-schema.js';

/** `alerting`: the Alertmanager that sends notifications, and the gateway for SMS. */
export function alertingSection(v: SchemaKit) {
  const { about } = v;
  const alertmanager = v.section({
    url: about(
      v.httpUrl().transform(url => url.replace(/\/+$/, '')),
      'Where its `/api/v2` is.',
      { example: 'http://127.0.0.1:9093' },
    ),
    timeout: about(v.duration(100).default(10_000), 'How long it may take to answer.'),
    ...v.httpClientShape,
  });
  const sms = v.section({
    account_sid: about(v.words(), 'Account at Twilio.', { example: 'AC...' }),
    auth_token: about(v.secret(), 'Its token.'),
    from: about(v.words().optional(), "Sender's number; either this or `messaging_service_sid`.", {
      example: '+15005550006',
    }),
    messaging_service_sid: about(
      v.words().optional(),
      "Messaging service that chooses the sender's number.",
      { example: 'MG...' },
    ),
    to: about(
      v.z
        .array(v.words(), { error: 'expected a list of telephone numbers' })
        .min(1, 'name at least one number'),
      'Numbers that get each message.',
      { example: ['+15005550009'] },
    ),
    api_url: about(v.httpUrl().default('https://api.twilio.com/'), 'Another API of the same form.'),
    timeout: about(v.duration(100).default(10_000), 'How long it may take to answer.'),
  });
  return v
    .section({
      config_file: about(
        v.words().optional(),
        "Routes and receivers in Alertmanager's format, relative to this file. Not with `alertmanagers`.",
        { example: 'alertmanager.yml', fallback: '`alertmanager.yml` beside this file' },
      ),
      alertmanagers: about(
        v.z
          .array(
            v.z.union([
              v.z
                .string()
                .transform(url => ({ url }))
                .pipe(alertmanager),
              alertmanager,
            ]),
            {
              error: 'expected a list of URLs such as http://127.0.0.1:9093',
            },
          )
          .optional(),
        'Real Alertmanagers that alerts are sent to; each is a URL or a section of these keys.',
        { example: ['http://127.0.0.1:9093'] },
      ),
      alert_relabel_configs: about(
        v.ofType('list, as in prometheus.yml', relabelConfigsJson, v.z.unknown()).optional(),
        'Relabelling of alerts after `global.external_labels`, before they are sent; also for the embedded Alertmanager.',
        { example: [{ action: 'labeldrop', regex: 'replica' }] },
      ),
      sms: about(sms.optional(), 'Account at Twilio that `POST /notify/sms` sends through.'),
    })
    .superRefine(({ config_file, alertmanagers, sms }, context) => {
      const complain = (message: string, path: string[] = []) =>
        context.addIssue({ code: 'custom', path, message });
      if (config_file !== undefined && alertmanagers !== undefined)
        complain('config_file is for the monitor itself, alertmanagers for real ones; name one of the two');
      if (alertmanagers?.length === 0) complain('name at least one, or leave it out', ['alertmanagers']);
      for (const [i, each] of (alertmanagers ?? []).entries()) {
        const problem = httpClientProblem(each);
        if (problem) complain(problem, ['alertmanagers', String(i)]);
      }
      if (sms && !sms.from === !sms.messaging_service_sid)
        complain('set either from or messaging_service_sid', ['sms']);
    });
}

/** `actions`: what is done about an alert by itself. */
export function actionsSection(v: SchemaKit) {
  const { about, ofType } = v;
  const matchers = v.z
    .array(v.words(), { error: `expected a list such as ['alertname="ServiceDown"', 'target="tools"']` })
    .min(1, 'name at least one matcher, or the action would run for every alert')
    .transform((texts, context): Matcher[] =>
      texts.flatMap((text, i) => {
        try {
          return parseMatchers(text);
        } catch (error) {
          if (!(error instanceof MatcherError)) throw error;
          context.addIssue({ code: 'custom', path: [i], message: error.message });
          return [];
        }
      }),
    );
  const webhook = v.section({
    url: about(v.httpUrl(), 'Gets a POST with the alert.', { example: 'http://127.0.0.1:9000/hook' }),
    ...v.httpClientShape,
  });
  const action = v
    .section({
      name: about(v.words(), "Unlike any other's.", { example: 'restart-tools' }),
      enabled: about(
        v.flag().default(false),
        'Whether it is done; otherwise the log says what would be done.',
      ),
      matchers: about(
        ofType(
          "list of Alertmanager's matchers",
          { type: 'array', items: { type: 'string' }, minItems: 1 },
          matchers,
        ),
        'Alerts it is done for: all must match.',
        { example: ['alertname="ServiceDown"', 'target="tools"'] },
      ),
      command: about(
        v.z
          .array(v.text(), { error: 'expected a list: the program and its arguments' })
          .min(1, 'name a program')
          .optional(),
        'Program and arguments; no shell reads them. Either this or `webhook`.',
        { example: ['systemctl', 'restart', 'tools-server'] },
      ),
      webhook: about(webhook.optional(), 'An HTTP request instead of a program.'),
      timeout: about(v.duration(100).default(30_000), 'How long it may take.'),
      cooldown: about(
        v.duration(0).default(600_000),
        'The same alert causes no second run within this time.',
      ),
      max_per_hour: about(v.count(1, 1000).default(3), 'Runs of this action in an hour.'),
    })
    .superRefine(({ command, webhook: hook }, context) => {
      if (!command === !hook) context.addIssue({ code: 'custom', message: 'set either command or webhook' });
    });
  return v.z.array(action, { error: 'expected a list of actions' }).superRefine((actions, context) => {
    const names = new Set<string>();
    for (const [i, { name }] of actions.entries()) {
      if (names.has(name))
        context.addIssue({
          code: 'custom',
          path: [i, 'name'],
          message: `another action is called "${name}"`,
        });
      names.add(name);
    }
  });
}
