// Which column of HAProxy's statistics becomes which family: the names and types of HAProxy's own exporter ("promex"),
// those of versions after 2.6 included where a newer HAProxy has the column.
// Source: HAProxy, addons/promex/service-prometheus.c and doc/management.txt 9.1.

/** Column, family after `haproxy_SCOPE_`, the scopes that have it (Frontend, Backend, Server), help. */
type Column = readonly [column: string, suffix: string, scopes: string, help: string];

/** Values as they are. */
export const GAUGES: readonly Column[] = [
  ['qcur', 'current_queue', 'BS', 'Number of current queued connections'],
  ['qmax', 'max_queue', 'BS', 'Highest value of queued connections encountered since process started'],
  ['scur', 'current_sessions', 'FBS', 'Number of current sessions on the frontend, backend or server'],
  ['smax', 'max_sessions', 'FBS', 'Highest value of current sessions encountered since process started'],
  [
    'slim',
    'limit_sessions',
    'FBS',
    'Limit on sessions: maxconn of a frontend or server, fullconn of a backend',
  ],
  [
    'weight',
    'weight',
    'BS',
    "Server's effective weight, or sum of active servers' effective weights for a backend",
  ],
  ['act', 'active_servers', 'B', 'Total number of active UP servers with a non-zero weight'],
  ['bck', 'backup_servers', 'B', 'Total number of backup UP servers with a non-zero weight'],
  ['lastchg', 'check_last_change_seconds', 'BS', 'How long ago the last server state changed, in seconds'],
  [
    'qlimit',
    'queue_limit',
    'S',
    'Limit on the number of connections in queue, for servers only (maxqueue argument)',
  ],
  [
    'throttle',
    'current_throttle',
    'S',
    "Throttling ratio applied to a server's maxconn and weight during the slowstart period (0 to 100%)",
  ],
  [
    'rate_lim',
    'limit_session_rate',
    'F',
    "Limit on the number of sessions accepted in a second (frontend only, 'rate-limit sessions' setting)",
  ],
  [
    'rate_max',
    'max_session_rate',
    'FBS',
    'Highest value of sessions per second observed since the worker process started',
  ],
  ['check_code', 'check_code', 'S', 'Layer 5-7 code of the last health check, 0 when it did not come so far'],
  [
    'req_rate_max',
    'http_requests_rate_max',
    'F',
    'Highest value of http requests observed since the worker process started',
  ],
  [
    'lastsess',
    'last_session_seconds',
    'BS',
    'How long ago some traffic was seen on this object on this worker process, in seconds',
  ],
  ['agent_code', 'agent_code', 'S', 'Numeric code the agent reported, if any'],
  [
    'conn_rate_max',
    'connections_rate_max',
    'F',
    'Highest value of connections per second observed since the worker process started',
  ],
  [
    'srv_icur',
    'idle_connections_current',
    'S',
    'Current number of idle connections available for reuse on this server',
  ],
  [
    'src_ilim',
    'idle_connections_limit',
    'S',
    "Limit on the number of available idle connections on this server (server 'pool_max_conn' directive)",
  ],
  ['idle_conn_cur', 'unsafe_idle_connections_current', 'S', 'Current number of unsafe idle connections'],
  ['safe_conn_cur', 'safe_idle_connections_current', 'S', 'Current number of safe idle connections'],
  ['used_conn_cur', 'used_connections_current', 'S', 'Current number of connections in use'],
  ['need_conn_est', 'need_connections_current', 'S', 'Estimated needed number of connections'],
  ['uweight', 'uweight', 'BS', "Server's user weight, or sum of active servers' user weights for a backend"],
  ['priv_idle_cur', 'private_idle_connections_current', 'S', 'Current number of private idle connections'],
  ['act', 'active', 'S', 'Whether the server is active (1) or a backup (0)'],
  ['bck', 'backup', 'S', 'Whether the server is a backup (1) or active (0)'],
];

/** Values that only grow, until HAProxy is restarted. */
export const COUNTERS: readonly Column[] = [
  ['stot', 'sessions_total', 'FBS', 'Total number of sessions since process started'],
  ['bin', 'bytes_in_total', 'FBS', 'Total number of request bytes since process started'],
  ['bout', 'bytes_out_total', 'FBS', 'Total number of response bytes since process started'],
  ['dreq', 'requests_denied_total', 'FB', 'Total number of denied requests since process started'],
  ['dresp', 'responses_denied_total', 'FBS', 'Total number of denied responses since process started'],
  ['ereq', 'request_errors_total', 'F', 'Total number of invalid requests since process started'],
  [
    'econ',
    'connection_errors_total',
    'BS',
    'Total number of failed connections to server since the worker process started',
  ],
  [
    'eresp',
    'response_errors_total',
    'BS',
    'Total number of invalid responses since the worker process started',
  ],
  [
    'wretr',
    'retry_warnings_total',
    'BS',
    'Total number of server connection retries since the worker process started',
  ],
  [
    'wredis',
    'redispatch_warnings_total',
    'BS',
    'Total number of server redispatches due to connection failures since the worker process started',
  ],
  [
    'chkfail',
    'check_failures_total',
    'S',
    'Total number of failed individual health checks per server/backend, since the worker process started',
  ],
  [
    'chkdown',
    'check_up_down_total',
    'BS',
    'Total number of failed checks causing UP to DOWN server transitions, per server/backend, since the worker process started',
  ],
  ['downtime', 'downtime_seconds_total', 'BS', 'Total time spent in DOWN state, for server or backend'],
  [
    'lbtot',
    'loadbalanced_total',
    'BS',
    'Total number of requests routed by load balancing since the worker process started (ignores queue pop and stickiness)',
  ],
  [
    'req_tot',
    'http_requests_total',
    'FB',
    'Total number of HTTP requests processed by this object since the worker process started',
  ],
  [
    'cli_abrt',
    'client_aborts_total',
    'BS',
    'Total number of requests or connections aborted by the client since the worker process started',
  ],
  [
    'srv_abrt',
    'server_aborts_total',
    'BS',
    'Total number of requests or connections aborted by the server since the worker process started',
  ],
  [
    'comp_in',
    'http_comp_bytes_in_total',
    'FB',
    'Total number of bytes submitted to the HTTP compressor for this object since the worker process started',
  ],
  [
    'comp_out',
    'http_comp_bytes_out_total',
    'FB',
    'Total number of bytes emitted by the HTTP compressor for this object since the worker process started',
  ],
  [
    'comp_byp',
    'http_comp_bytes_bypassed_total',
    'FB',
    'Total number of bytes that bypassed HTTP compression for this object since the worker process started (CPU/memory/bandwidth limitation)',
  ],
  [
    'comp_rsp',
    'http_comp_responses_total',
    'FB',
    'Total number of HTTP responses that were compressed for this object since the worker process started',
  ],
  [
    'conn_tot',
    'connections_total',
    'F',
    'Total number of new connections accepted on this frontend since the worker process started',
  ],
  [
    'intercepted',
    'intercepted_requests_total',
    'F',
    'Total number of HTTP requests intercepted on the frontend (redirects/stats/services) since the worker process started',
  ],
  [
    'dcon',
    'denied_connections_total',
    'F',
    'Total number of incoming connections blocked on a listener/frontend by a tcp-request connection rule since the worker process started',
  ],
  [
    'dses',
    'denied_sessions_total',
    'F',
    'Total number of incoming sessions blocked on a listener/frontend by a tcp-request connection rule since the worker process started',
  ],
  [
    'wrew',
    'failed_header_rewriting_total',
    'FBS',
    'Total number of failed HTTP header rewrites since the worker process started',
  ],
  [
    'connect',
    'connection_attempts_total',
    'BS',
    'Total number of outgoing connection attempts on this backend/server since the worker process started',
  ],
  [
    'reuse',
    'connection_reuses_total',
    'BS',
    'Total number of reused connection on this backend/server since the worker process started',
  ],
  [
    'cache_lookups',
    'http_cache_lookups_total',
    'FB',
    'Total number of HTTP requests looked up in the cache on this frontend/backend since the worker process started',
  ],
  [
    'cache_hits',
    'http_cache_hits_total',
    'FB',
    'Total number of HTTP requests found in the cache on this frontend/backend since the worker process started',
  ],
  ['eint', 'internal_errors_total', 'FBS', 'Total number of internal errors since process started'],
  ['reqbin', 'req_bytes_in_total', 'FBS', 'Total number of request bytes since process started'],
  [
    'reqbout',
    'req_bytes_out_total',
    'FBS',
    'Total number of request bytes sent to the other side since process started',
  ],
  [
    'resbin',
    'res_bytes_in_total',
    'FBS',
    'Total number of response bytes received from the other side since process started',
  ],
  ['resbout', 'res_bytes_out_total', 'FBS', 'Total number of response bytes since process started'],
  [
    'cache_hint_hits',
    'http_cache_hint_hits_total',
    'FB',
    'Total number of HTTP cache lookups answered by a hint since the worker process started',
  ],
];

/** Times in milliseconds, shown in seconds. The averages are over min(requests, 1024), where promex itself always
 * divides by 1024 and so shows too little on a quiet cluster. */
export const MILLISECONDS: readonly Column[] = [
  [
    'check_duration',
    'check_duration_seconds',
    'S',
    'Total duration of the latest server health check, in seconds',
  ],
  ['qtime', 'queue_time_average_seconds', 'BS', 'Avg. queue time for last 1024 successful connections'],
  ['ctime', 'connect_time_average_seconds', 'BS', 'Avg. connect time for last 1024 successful connections'],
  ['rtime', 'response_time_average_seconds', 'BS', 'Avg. response time for last 1024 successful connections'],
  ['ttime', 'total_time_average_seconds', 'BS', 'Avg. total time for last 1024 successful connections'],
  ['agent_duration', 'agent_duration_seconds', 'S', 'Duration of the last agent check, in seconds'],
  ['qtime_max', 'max_queue_time_seconds', 'BS', 'Maximum observed time spent in the queue'],
  [
    'ctime_max',
    'max_connect_time_seconds',
    'BS',
    'Maximum observed time spent waiting for a connection to complete',
  ],
  [
    'rtime_max',
    'max_response_time_seconds',
    'BS',
    'Maximum observed time spent waiting for a server response',
  ],
  [
    'ttime_max',
    'max_total_time_seconds',
    'BS',
    'Maximum observed total request+response time (request+queue+connect+response+processing)',
  ],
];

/** Columns of `http_responses_total`, by the value of its label `code`. */
export const RESPONSES: readonly (readonly [column: string, code: string])[] = [
  ['hrsp_1xx', '1xx'],
  ['hrsp_2xx', '2xx'],
  ['hrsp_3xx', '3xx'],
  ['hrsp_4xx', '4xx'],
  ['hrsp_5xx', '5xx'],
  ['hrsp_other', 'other'],
];

/** Columns that are 0 on the page for a proxy that is no HTTP proxy, where promex shows nothing. */
export const HTTP_ONLY: ReadonlySet<string> = new Set([
  'req_rate_max',
  'req_tot',
  'comp_in',
  'comp_out',
  'comp_byp',
  'comp_rsp',
]);
