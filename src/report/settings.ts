// `reports` of monitor.yml: which reports are sent when and to whom.

import type { AlertmanagerConfig } from '../alertmanager/config/definition.js';
import type { ReceiverKind } from '../alertmanager/receivers/receiver.js';
import { didYouMean } from '../config/did-you-mean.js';
import type { SchemaKit } from '../config/schema-kit.js';
import { MAX_DAYS, parsePeriod, type ReportPeriod } from './period.js';
import { isTimeZone, Schedule, scheduleProblem } from './schedule.js';

export interface ReportDefinition {
  /** Unlike any other's. */
  readonly name: string;
  readonly schedule: Schedule;
  readonly period: ReportPeriod;
  /** Names of receivers in alertmanager.yml. */
  readonly receivers: readonly string[];
}

/** @param kinds of receivers; their keys are in the description */
export function reportsSection(v: SchemaKit, kinds: readonly ReceiverKind[]) {
  const { about, ofType } = v;
  const report = v
    .section({
      name: about(v.words(), "Unlike any other's; in the subject.", { example: 'weekly' }),
      schedule: about(
        v.words(),
        'When it is sent, as a cron expression: minute, hour, day of the month, month, day of the week.',
        { example: '0 8 * * MON' },
      ),
      time_zone: about(
        v.words().refine(isTimeZone, 'is no time zone; write a name such as Europe/Berlin').optional(),
        'Time zone of `schedule`.',
        { example: 'Europe/Berlin', fallback: "the machine's" },
      ),
      period: about(
        ofType(
          'day, week, month or days',
          { type: 'string' },
          v.text().transform((text, context) => {
            const period = parsePeriod(text);
            if (period) return period;
            context.addIssue({
              code: 'custom',
              message: `expected day, week, month or days such as 30d, ${MAX_DAYS}d at most`,
            });
            return v.z.NEVER;
          }),
        ).default({ days: 7 }),
        'What it is about: `month` is the calendar month before, all others end when it is sent.',
        { example: '30d', fallback: '7d' },
      ),
      receivers: about(
        v.z
          .array(v.words(), { error: 'expected a list of receivers of alertmanager.yml' })
          .min(1, 'name at least one receiver of alertmanager.yml'),
        `Receivers of alertmanager.yml that have one of ${reportKeys(kinds).join(', ')}.`,
        { example: ['email'] },
      ),
    })
    .superRefine(({ schedule, time_zone }, context) => {
      if (time_zone !== undefined && !isTimeZone(time_zone)) return;
      const problem = scheduleProblem(schedule, time_zone);
      if (problem === undefined) return;
      const message = `${problem}; expected a cron expression such as 0 8 * * MON`;
      context.addIssue({ code: 'custom', path: ['schedule'], message });
    })
    .transform(
      ({ name, schedule, time_zone, period, receivers }): ReportDefinition => ({
        ...{ name, period, receivers },
        schedule: new Schedule(schedule, time_zone),
      }),
    );
  return v.z.array(report, { error: 'expected a list of reports' }).superRefine((reports, context) => {
    reports.forEach(({ name }, i) => {
      if (reports.findIndex(each => each.name === name) < i)
        context.addIssue({ code: 'custom', path: [i, 'name'], message: `there is another report "${name}"` });
    });
  });
}

/** What is wrong with the receivers of reports, a line each. */
export function receiverProblems(
  file: string,
  reports: readonly ReportDefinition[],
  config: AlertmanagerConfig,
  kinds: readonly ReceiverKind[],
): string[] {
  const names = config.receivers.map(({ name }) => name);
  const able = reportKeys(kinds);
  return reports.flatMap(({ receivers }, i) =>
    receivers.flatMap((name, j) => {
      const place = `${file}: reports.${i}.receivers.${j}`;
      const receiver = config.receivers.find(each => each.name === name);
      if (!receiver)
        return [
          `${place}: no receiver "${name}" in ${config.file}${didYouMean(name, names) || `; there are ${names.join(', ')}`}`,
        ];
      const sends = receiver.integrations.some(
        ({ integration }) => kinds.find(each => each.integration === integration)?.sendsReports,
      );
      if (sends) return [];
      return [`${place}: "${name}" has nothing that carries a report; give it one of ${able.join(', ')}`];
    }),
  );
}

/** Keys of alertmanager.yml whose receivers can carry a report. */
function reportKeys(kinds: readonly ReceiverKind[]): string[] {
  return kinds.filter(kind => kind.sendsReports).map(({ key }) => key);
}
