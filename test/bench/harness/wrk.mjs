// In: a URL and how hard. Out: how many answers came. The load generator wrk, whose own CPU is never counted.

/**
 * Runs wrk with one thread for a number of seconds; ends by itself.
 * @returns {Promise<{requests: number, perSecond: number}>} @throws Error when an answer was not 2xx or 3xx.
 */
export async function wrk(children, url, { connections, seconds, script, scriptArgs = [] }) {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s'];
  if (script) args.push('-s', script);
  args.push(url);
  if (scriptArgs.length > 0) args.push('--', ...scriptArgs);
  const output = await (await children.start('wrk', 'wrk', args)).output();
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(output);
  if (bad) throw new Error(`${url}: ${bad[1]} answers were not 2xx`);
  return {
    requests: Number(/(\d+) requests in/.exec(output)[1]),
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]),
  };
}
