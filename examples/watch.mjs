// Follows the cluster for a while and says where to send a prompt. Start `npm run demo`, then:
//   node examples/watch.mjs 90

import { LangGraphMonitoring } from 'langgraph-monitor/client';

const monitoring = new LangGraphMonitoring(process.env.MONITOR_URL ?? 'http://127.0.0.1:8083');
const view = monitoring.watch();

let last = '';

async function tell({ overall_status, alerts }) {
  const line = `${overall_status}, ask ${await monitoring.getBestLlmEndpoint()}`;
  if (line !== last) console.log(new Date().toLocaleTimeString('en-GB'), line, ...alerts);
  last = line;
}

if (!(await view.ready())) throw new Error('the monitor does not answer');
await tell(view.health);
view.onChange(tell);
// The program's own work: the view keeps no process alive.
setTimeout(() => {}, Number(process.argv[2] ?? 90) * 1000);
