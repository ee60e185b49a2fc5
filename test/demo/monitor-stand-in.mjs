// Stands in for the monitor in the demo's tests: says where it listens, then does what its last flag says.

import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const flags = process.argv.slice(2);
const value = name => flags.find(flag => flag.startsWith(`--${name}=`))?.slice(name.length + 3);
const [host, port] = value('web.listen-address').split(':');
const facts = { pid: process.pid, config: value('config.file'), storage: value('storage.path'), flags };

if (!existsSync(facts.config)) process.exit(9);
if (flags.includes('--fail')) {
  console.error('monitor.yml: node: must not be empty');
  process.exit(3);
}
const server = createServer((_, response) => response.end(readFileSync(facts.config)));
server.listen(Number(port), host, () => {
  const address = `127.0.0.1:${server.address().port}`;
  console.error('level=debug msg="Starting"');
  console.error(`level=info msg="Listening" address=${address} url=http://${address}`);
  console.error(`level=warn msg="Facts" json=${JSON.stringify(facts)}`);
  if (flags.includes('--die')) setTimeout(() => process.exit(4), 50);
});
process.on('SIGTERM', () => process.exit(0));
