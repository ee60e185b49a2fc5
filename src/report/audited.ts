// What was changed in the period of a report, and by whom: a part of the report, as the compliance of its readers asks for.

import type { AuditTrail } from '../alerts/audit-trail.js';
import type { PeriodReport } from '../analysis/reports/period-report.js';
import { isoLocal, parseIso } from '../model/time.js';

/** As `/audit_trail` has them. */
interface AuditRow {
  readonly timestamp: string;
  readonly event: string;
  /** A user, an address, a signal. */
  readonly by: string;
  readonly details: Readonly<Record<string, string>>;
}

export interface AuditedReport extends PeriodReport {
  /** Newest first. */
  readonly audit_trail: readonly AuditRow[];
  /** Where the trail begins later than the period, as older entries are not kept; null where it is whole. */
  readonly audit_trail_from: string | null;
}

/** The same report with what was changed in its period. */
export function withAudit(
  report: PeriodReport,
  audit: Pick<AuditTrail, 'between' | 'beginsAt'>,
): AuditedReport {
  const [from, to] = [parseIso(report.from) ?? 0, parseIso(report.to) ?? 0];
  const rows = audit.between(from, to).map(({ at, ...rest }) => ({ timestamp: isoLocal(at), ...rest }));
  const begin = audit.beginsAt();
  return {
    ...report,
    audit_trail: rows,
    audit_trail_from: begin !== undefined && begin > from ? isoLocal(begin) : null,
  };
}
