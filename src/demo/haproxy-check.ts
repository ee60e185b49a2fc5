// What HAProxy's health check (`option httpchk`, `timeout check 2s`) makes of a server with a fault: the cells of its
// row. The outcomes are those HAProxy 2.6 shows when it checks these very servers.

import type { Millis } from '../model/time.js';
import { type Fault, statusText } from './fault.js';

const CHECK_TIMEOUT: Millis = 2000;

/** One outcome of a check, in the statistics' own words. */
export interface Check {
  readonly up: boolean;
  /** `check_status`: `L7OK`, `L4CON`, ... */
  readonly status: string;
  /** `check_code`: the status code, where one came. */
  readonly code?: number;
  /** `check_duration` in milliseconds. */
  readonly duration: Millis;
  /** `last_chk`. */
  readonly message?: string;
  /** `check_desc`. */
  readonly description: string;
}

const passed = (code: number, duration: Millis = 1): Check => ({
  up: true,
  status: 'L7OK',
  code,
  duration,
  description: 'Layer7 check passed',
});

const TIMED_OUT: Check = {
  up: false,
  status: 'L7TOUT',
  duration: CHECK_TIMEOUT,
  description: 'Layer7 timeout',
};

const INVALID: Check = {
  up: false,
  status: 'L7RSP',
  duration: 1,
  description: 'Layer7 invalid response',
};

const wrongStatus = (code: number): Check => ({
  up: false,
  status: 'L7STS',
  code,
  duration: 1,
  message: statusText(code),
  description: 'Layer7 wrong status',
});

/** A server that HAProxy cannot connect to, though others may. */
export const UNREACHABLE: Check = {
  up: false,
  status: 'L4CON',
  duration: 0,
  message: 'Connection refused',
  description: 'Layer4 connection problem',
};

/** The outcome for a server with this fault. A check reads the status line only, so a broken body passes. */
export function check(fault: Fault): Check {
  switch (fault.kind) {
    case 'slow':
      return fault.ms < CHECK_TIMEOUT ? passed(200, fault.ms) : TIMED_OUT;
    case 'status':
      return fault.code < 400 ? passed(fault.code) : wrongStatus(fault.code);
    case 'hang':
      return TIMED_OUT;
    case 'refused':
      return UNREACHABLE;
    case 'garbage':
      return fault.not === 'http' ? INVALID : passed(200);
    default:
      return passed(200);
  }
}
