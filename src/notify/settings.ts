// The sections `alerting` and `actions` of monitor.yml. Comes in: the words schemas are made of; goes out: the schemas.
// Called by configuration.ts.

import { httpClientProblem } from '../config/http-client-problem.js';
import type { Vocabulary } from '../config/vocabulary.js';
import type { Matcher } from './matcher.js';
import { MatcherError } from './matchers/error.js';
import { parseMatchers } from './matchers/parse.js';

/** `alerting`: who tells people, and the gateway for SMS. */
export function alertingSection(v: Vocabulary) {
  const alertmanager = v.section({
    url: v.httpUrl().transform(url => url.replace(/\/+$/, '')),
    timeout: v.duration(100).default(10_000),
    ...v.httpClientShape,
  });
  const sms = v.section({
    account_sid: v.words(),
    auth_token: v.secret(),
    from: v.words().optional(),
    messaging_service_sid: v.words().optional(),
    to: v.z
      .array(v.words(), { error: 'expected a list of telephone numbers' })
      .min(1, 'name at least one number'),
    api_url: v.httpUrl().default('https://api.twilio.com/'),
    timeout: v.duration(100).default(10_000),
  });
  return v
    .section({
      config_file: v.words().optional(),
      alertmanagers: v.z
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
      sms: sms.optional(),
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
export function actionsSection(v: Vocabulary) {
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
  const webhook = v.section({ url: v.httpUrl(), ...v.httpClientShape });
  const action = v
    .section({
      name: v.words(),
      enabled: v.flag().default(false),
      matchers,
      command: v.z
        .array(v.text(), { error: 'expected a list: the program and its arguments' })
        .min(1, 'name a program')
        .optional(),
      webhook: webhook.optional(),
      timeout: v.duration(100).default(30_000),
      cooldown: v.duration(0).default(600_000),
      max_per_hour: v.count(1, 1000).default(3),
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
