// The Python of the document this project answers to, as it stands there, made to run: its classes against our
// endpoints, its workflow nodes beside ours.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Debian's, which has Debian's aiohttp. */
const PYTHON = '/usr/bin/python3';
const DOCUMENT = fileURLToPath(new URL('../../../shared/spec/monitoring-service.md', import.meta.url));

/** Whether the document is there; the folder beside the project is not part of it. */
export const HAS_DOCUMENT = existsSync(DOCUMENT);
/** For the name of a test that needs it. */
export const NEEDS_DOCUMENT = `skipped without ../shared/spec/monitoring-service.md`;

/** What the document's code takes for granted. */
const PREAMBLE = `
import aiohttp, asyncio, json, logging, sys, time
from datetime import datetime, timedelta
from typing import Any, Dict, List
logging.disable(logging.CRITICAL)
logger = logging.getLogger("workflow")
`;

/** The addresses the document's code has in it, and those that stand for them. */
export interface Addresses {
  readonly monitor: string;
  readonly jetson: string;
  readonly cpu: string;
  readonly balancer: string;
}

/** The block of the document's Python with a line in it, unchanged but for the addresses. @throws when it is not there */
export function pythonBlock(line: string, to: Addresses): string {
  const blocks = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^```python\n([\s\S]*?)^```$/gm)];
  const found = blocks.map(([, code = '']) => code).find(code => code.includes(line));
  if (found === undefined) throw new Error(`the document has no Python with ${JSON.stringify(line)}`);
  return found
    .replaceAll('http://192.168.1.137:8083', to.monitor)
    .replaceAll('http://192.168.1.177:11434', to.jetson)
    .replaceAll('http://192.168.1.81:8080', to.cpu)
    .replaceAll('http://192.168.1.81:9000', to.balancer);
}

/**
 * Runs a program made of the document's blocks and a test's own lines; `input` is `json.load(sys.stdin)`. @returns what it
 * printed, read as JSON @throws with what it complained of
 */
export async function runPython<T>(program: readonly string[], input: unknown = null): Promise<T> {
  const source = [PREAMBLE, ...program].join('\n');
  const foreign = /https?:\/\/(?!127\.0\.0\.1)[\w.]+/.exec(source)?.[0];
  if (foreign) throw new Error(`the program would ask ${foreign}`);
  const child = spawn(PYTHON, ['-W', 'ignore', '-c', source], { timeout: 60_000 });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', chunk => {
    stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  child.stdin.end(JSON.stringify(input));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`Python ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** What the document's classes of the monitoring and its analysis expect beyond what they define, in Python. */
export const DOCUMENT_CLASSES = `
class Monitoring(LangGraphMonitoring):
    """Has what the document's server has in its own memory: the services, and the latest checks, oldest first."""
    async def load(self):
        async with self.session.get(f"{self.monitoring_url}/history?limit=10000") as response:
            self.health_history = (await response.json())["history"][::-1]
        self.services = (await self.check_cluster_health())["services"]

class Analysis(HistoricalAnalysis):
    def generate_service_recommendations(self, name, response_times, uptime):
        return []
`;
