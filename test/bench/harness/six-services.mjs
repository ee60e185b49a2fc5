// In: nothing. Out: the six services a small cluster has, simulated on loopback, as the configuration names them. Redis
// and HAProxy are real where installed.

import { Missing } from './children.mjs';
import { startHaproxy, startHealthServer, startRedis } from './targets.mjs';

/** @returns the `services` of a monitor.yml; the Python server reads it too. */
export async function sixServices(bench, children) {
  const ports = await startHealthServer(children, 4);
  const base = ports.map(port => `http://127.0.0.1:${port}`);
  const haproxy = await ifInstalled(() =>
    startHaproxy(bench, children, { backends: 3, servers: 2, serverPort: ports[0] }),
  );
  const redisPort = await ifInstalled(() => startRedis(bench, children));
  const http = (name, url, critical, timeout = 10) => ({ name, url, critical, timeout });
  return {
    jetson_ollama: { kind: 'ollama', ...http('Jetson Ollama Server', `${base[0]}/api/tags`, true, 15) },
    cpu_llama: http('CPU Llama.cpp Server', `${base[1]}/health`, false),
    embeddings: http('Embeddings Server', `${base[2]}/health`, true),
    tools: http('Tools Server', `${base[3]}/health`, true),
    haproxy: haproxy
      ? {
          kind: 'haproxy',
          ...http('HAProxy Load Balancer', haproxy.healthUrl, true, 5),
          stats_url: haproxy.statsUrl,
        }
      : http('HAProxy Load Balancer', `${base[0]}/haproxy`, true, 5),
    redis: redisPort
      ? { kind: 'redis', name: 'Redis Cache', host: `127.0.0.1:${redisPort}`, critical: true, timeout: 5 }
      : http('Redis Cache', `${base[0]}/redis`, true, 5),
  };
}

async function ifInstalled(start) {
  try {
    return await start();
  } catch (error) {
    if (error instanceof Missing) return undefined;
    throw error;
  }
}
