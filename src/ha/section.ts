// The section `ha` of monitor.yml: several monitors with one configuration.

import { httpClientProblem, tlsProblem } from '../config/http-client/problem.js';
import type { SchemaKit } from '../config/schema-kit.js';
import { redisOptions } from '../probes/kinds/redis.js';

/** `ha`: the other monitors, and the lease by which one of all sends notifications. */
export function haSection(v: SchemaKit) {
  const { about } = v;
  const peer = v.section({
    url: about(
      v.httpUrl().transform(url => url.replace(/\/+$/, '')),
      'Where the other monitor is.',
      { example: 'http://monitor-b:8083' },
    ),
    timeout: about(v.duration(100).default(2000), 'How long it may take to answer.'),
    ...v.httpClientShape,
  });
  const peers = v.z.array(
    v.z.union(
      [
        v.z
          .string()
          .transform(url => ({ url }))
          .pipe(peer),
        peer,
      ],
      {
        error:
          'expected a URL such as http://monitor-b:8083, or a section of url, timeout and the keys of HTTP clients',
      },
    ),
    { error: 'expected a list of URLs such as http://monitor-b:8083' },
  );
  const lease = v
    .section({
      redis: about(
        redisOptions(v),
        'The Redis that keeps the lease, the notification log, silences, announcements and pushes; the keys of a service of kind `redis`.',
        { example: { host: '127.0.0.1:6379' } },
      ),
      key: about(
        v.words().default('langgraph-monitor'),
        'What its keys in Redis begin with; the same for monitors that belong together.',
      ),
    })
    .superRefine(({ redis }, context) => {
      const problem = tlsProblem(redis.tls_config);
      if (problem) context.addIssue({ code: 'custom', path: ['redis'], message: problem });
    });
  return v
    .section({
      replica: about(
        v.words(),
        "Name of this monitor among its peers, unlike any other's; also the external label `replica`, unless that is set.",
        { example: 'a' },
      ),
      peers: about(
        peers.default([]),
        'The other monitors; each is a URL or a section of these keys. They are asked what they see of each service.',
        { example: ['http://monitor-b:8083'] },
      ),
      lease: about(
        lease.optional(),
        'Which monitor sends notifications: the one that holds the lease. Not with `alerting.alertmanagers`.',
      ),
    })
    .superRefine(({ peers: all }, context) => {
      for (const [i, each] of all.entries()) {
        const path = ['peers', String(i)];
        const problem = httpClientProblem(each);
        if (problem) context.addIssue({ code: 'custom', path, message: problem });
        if (all.findIndex(({ url }) => url === each.url) < i)
          context.addIssue({ code: 'custom', path, message: `${each.url} is in the list twice` });
      }
    });
}
