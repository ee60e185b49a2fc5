// HAProxy's statistics as text. In: rows of named cells. Out: the CSV page, cell for cell as HAProxy 2.6 prints it.
// Source: HAProxy 2.6, management.txt, section 9.1 "CSV format".

/** `type` of a row is 0, 1 or 2. */
type Scope = 'frontend' | 'backend' | 'server';

/** Cells by column; a column not named keeps what an idle proxy shows there: 0, or blank where it has no such cell. */
type Cells = Readonly<Record<string, string | number>>;

const COLUMNS = (
  'pxname svname qcur qmax scur smax slim stot bin bout dreq dresp ereq econ eresp wretr wredis status ' +
  'weight act bck chkfail chkdown lastchg downtime qlimit pid iid sid throttle lbtot tracked type rate ' +
  'rate_lim rate_max check_status check_code check_duration hrsp_1xx hrsp_2xx hrsp_3xx hrsp_4xx ' +
  'hrsp_5xx hrsp_other hanafail req_rate req_rate_max req_tot cli_abrt srv_abrt comp_in comp_out ' +
  'comp_byp comp_rsp lastsess last_chk last_agt qtime ctime rtime ttime agent_status agent_code ' +
  'agent_duration check_desc agent_desc check_rise check_fall check_health agent_rise agent_fall ' +
  'agent_health addr cookie mode algo conn_rate conn_rate_max conn_tot intercepted dcon dses wrew ' +
  'connect reuse cache_lookups cache_hits srv_icur src_ilim qtime_max ctime_max rtime_max ttime_max ' +
  'eint idle_conn_cur safe_conn_cur used_conn_cur need_conn_est uweight agg_server_status ' +
  'agg_server_check_status agg_check_status - ssl_sess ssl_reused_sess ssl_failed_handshake ' +
  'h2_headers_rcvd h2_data_rcvd h2_settings_rcvd h2_rst_stream_rcvd h2_goaway_rcvd ' +
  'h2_detected_conn_protocol_errors h2_detected_strm_protocol_errors h2_rst_stream_resp h2_goaway_resp ' +
  'h2_open_connections h2_backend_open_streams h2_total_connections h2_backend_total_streams ' +
  'h1_open_connections h1_open_streams h1_total_connections h1_total_streams h1_bytes_in h1_bytes_out ' +
  'h1_spliced_bytes_in h1_spliced_bytes_out'
).split(' ');

/** An idle proxy's row of each scope, read off HAProxy 2.6.12: which cells are blank is part of the format. */
const IDLE: Readonly<Record<Scope, readonly string[]>> = {
  frontend: (
    ',,,,0,0,0,0,0,0,0,0,0,,,,,,,,,,,,,,1,0,0,,,,0,0,0,0,,,,0,0,0,0,0,0,,0,0,0,,,0,0,0,0,,,,,,,,,,,,,' +
    ',,,,,,,,http,,0,0,0,0,0,0,0,,,0,0,,,,,,,0,,,,,,,,,-,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,' +
    '0,0'
  ).split(','),
  backend: (
    ',,0,0,0,0,0,0,0,0,0,0,,0,0,0,0,,0,0,0,,0,0,0,,1,0,0,,0,,1,0,,0,,,,0,0,0,0,0,0,,,,0,0,0,0,0,0,0,0' +
    ',,,0,0,0,0,,,,,,,,,,,,,,http,,,,,,,,0,0,0,0,0,,,0,0,0,0,0,,,,,0,0,0,0,-,0,0,0,0,0,0,0,0,0,0,0,0,' +
    '0,0,0,0,0,0,0,0,0,0,0,0'
  ).split(','),
  server: (
    ',,0,0,0,0,,0,0,0,,0,,0,0,0,0,,1,0,0,0,0,0,0,,1,0,0,,0,,2,0,,0,,,0,0,0,0,0,0,0,,,,0,0,0,,,,,0,,,0' +
    ',0,0,0,,,,,,2,3,0,,,,,,http,,,,,,,,0,0,0,,,0,,0,0,0,0,0,0,0,0,0,1,,,,-,0,0,0,,,,,,,,,,,,,,,,,,,,' +
    ','
  ).split(','),
};

/** One row, with its line end. @throws RangeError for a column HAProxy 2.6 does not have. */
export function row(scope: Scope, cells: Cells): string {
  const unknown = Object.keys(cells).find(column => !COLUMNS.includes(column));
  if (unknown !== undefined) throw new RangeError(`HAProxy 2.6 has no column ${unknown}`);
  const line = COLUMNS.map((column, i) => cells[column] ?? IDLE[scope][i]);
  // HAProxy ends every line with a comma, the header's included.
  return `${line.join(',')},\n`;
}

/** The page: header, then the rows as given. */
export function statisticsPage(rows: readonly string[]): string {
  return `# ${COLUMNS.join(',')},\n${rows.join('')}`;
}
