// GET /services/ID: one service in full, as the page's view of it has it. POST /services/ID/check: checks it at once.

import { z } from 'zod';
import type { Certificate } from '../../cluster/certificate.js';
import type { RecentResult } from '../../cluster/recent-results.js';
import { isoLocal, type Millis } from '../../model/time.js';
import { certificateDate } from '../certificate-date.js';
import type { ApiContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { lazily } from '../lazily.js';
import { maskedOptions } from '../masked-options.js';
import { route } from '../route.js';
import { serviceHealth, timestamp } from '../shapes.js';

/** A result that is no older, in milliseconds, is as good as a new one: a service is checked once a second at most. */
const FRESH: Millis = 1000;

const answer = lazily(() =>
  z.object({
    at: timestamp.describe('When the check ended'),
    status: serviceHealth.shape.status,
    response_time: z.number().describe('Seconds'),
    status_code: z.number().optional(),
    reason: z.string().optional().describe('Why it failed: dns, refused, timeout, tls, ...'),
    error: z.string().optional(),
    phases: z.record(z.string(), z.number()).optional().describe('Seconds by phase of HTTP'),
    body: z.string().optional().describe('The first characters of the JSON body, credentials hidden'),
  }),
);

const inPath = { id: { description: 'Of a service, as in monitor.yml', example: 'tools' } };
const unknown = { when: 'There is no such service' };

const shape = lazily(() =>
  z.object({
    id: z.string(),
    name: z.string(),
    kind: z.string(),
    critical: z.boolean(),
    severity: z.string(),
    group: z.string().optional(),
    maintenance: z.object({ until: timestamp, comment: z.string() }).optional(),
    depends_on: z.array(z.string()).describe('Services whose outage explains this one'),
    dependents: z.array(z.string()).describe('Services whose outage this one explains'),
    certificate_expires: timestamp.optional().describe('The first of its chain to expire'),
    certificate: z
      .object({
        expires: timestamp.describe('The first of its chain to expire'),
        chain_expires: timestamp.optional().describe('The chain that was verified'),
        names: z.string().optional(),
        subject: z.string().optional(),
        issuer: z.string().optional(),
        tls_version: z.string().optional(),
      })
      .optional()
      .describe('The one presented last'),
    answers: z.array(answer()).describe('The last 20 since the start, newest first'),
    configuration: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('As it was understood, secrets hidden; times in milliseconds. Absent on a read-only page'),
  }),
);

export const service = route({
  method: 'GET',
  path: '/services/:id',
  summary: 'One service: its last answers, certificate, dependencies and configuration',
  inPath,
  answer: shape,
  others: { 404: unknown },
  handle(
    _,
    context: Pick<ApiContext, 'cluster' | 'recent' | 'page' | 'configuration'>,
    { params: { id = '' } },
  ) {
    const { cluster, recent } = context;
    const { name, kind, critical, severity, group, dependsOn } = serviceOf(context, id);
    const maintenance = cluster.maintenance(id);
    const certificate = recent.certificateOf(id);
    const isPublic = context.page().readOnly;
    return {
      body: {
        id,
        name,
        kind,
        critical,
        severity,
        group,
        maintenance: maintenance && { until: isoLocal(maintenance.until), comment: maintenance.comment },
        depends_on: dependsOn,
        dependents: cluster.services.filter(each => each.dependsOn.includes(id)).map(each => each.id),
        certificate_expires: certificate && certificateDate(certificate.expires),
        certificate: certificate && certificateView(certificate),
        answers: recent.of(id).map(each => resultView(each, isPublic)),
        configuration: isPublic ? undefined : maskedOptions(context.configuration(id)),
      },
    };
  },
});

export const checkService = route({
  method: 'POST',
  path: '/services/:id/check',
  summary: 'Checks a service at once; requests meanwhile share the check, once a second at most',
  inPath,
  answer: () =>
    z.object({
      id: z.string(),
      is_new: z
        .boolean()
        .describe('Whether the answer came within the wait of 5 s; the check goes on otherwise'),
      answer: answer().optional().describe('The last one; absent before the first'),
    }),
  others: {
    403: { when: 'The page is read-only, or a page of another origin asks' },
    404: unknown,
  },
  async handle(
    _,
    context: Pick<ApiContext, 'cluster' | 'page' | 'clock' | 'refresher' | 'recent'>,
    { params: { id = '' } },
  ) {
    serviceOf(context, id);
    if (context.page().readOnly)
      throw new HttpError(403, 'the page is read-only (page.read_only in monitor.yml)');
    const request = context.clock.now();
    await context.refresher.ensure(FRESH, request, undefined, [id]);
    const [last] = context.recent.of(id);
    const isNew = last !== undefined && last.at >= request - FRESH;
    return { body: { id, is_new: isNew, answer: last && resultView(last, false) } };
  },
});

function serviceOf({ cluster }: Pick<ApiContext, 'cluster'>, id: string) {
  const found = cluster.service(id);
  if (!found) throw new HttpError(404, `there is no service ${JSON.stringify(id.slice(0, 100))}`);
  return found;
}

function certificateView({ expires, chainExpires, names, subject, issuer, tlsVersion }: Certificate) {
  return {
    expires: certificateDate(expires),
    chain_expires: chainExpires === undefined ? undefined : certificateDate(chainExpires),
    ...{ names, subject, issuer },
    tls_version: tlsVersion,
  };
}

/** @param isPublic without what an outsider should not see */
function resultView({ at, status, responseTime, statusCode, ...rest }: RecentResult, isPublic: boolean) {
  const { reason, error, phases, body } = rest;
  return {
    at: isoLocal(at),
    status,
    response_time: Math.round(responseTime * 1e6) / 1e6,
    status_code: statusCode,
    reason,
    error,
    phases,
    body: isPublic ? undefined : body,
  };
}
