// The monitor.yml that `langgraph-monitor init` writes: small enough to be read, every host this machine.

import { kinds } from '../probes/kinds/index.js';

const KINDS = kinds.map(({ kind }) => (kind === 'http' ? 'http (the default)' : kind)).join(', ');

/** Valid as it stands. */
export const FIRST_MONITOR = `# What is monitored. Check this file after a change: langgraph-monitor check-config monitor.yml
# A running monitor reads it again on kill -HUP. Durations are Prometheus' (500ms, 30s, 5m).

scan:
  intervals: { critical: 30s, other: 60s }   # more often while something is wrong

services:
  # A model server. Its alerts are critical, and it counts for the status of the cluster.
  ollama:
    name: Ollama
    kind: ollama                    # ${KINDS}
    url: http://127.0.0.1:11434/api/tags
    critical: true
    timeout: 15s
    # slow_after: 5s                # answered, but slower: degraded
    # require_models: ["llama3.2:3b"]

  # Anything that answers HTTP. A failure here is a warning.
  tools:
    name: Tools Server
    url: http://127.0.0.1:8080/health
    critical: false
    timeout: 10s
    # depends_on: [ollama]          # no alert of its own while ollama is down
    # condition: { path: status, operator: "==", value: healthy }
    # basic_auth: { username: monitor, password_file: tools.password }

  # redis:
  #   name: Redis Cache
  #   kind: redis
  #   host: 127.0.0.1:6379
  #   password_file: redis.password

  # haproxy:
  #   name: HAProxy
  #   kind: haproxy
  #   url: http://127.0.0.1:8888/health
  #   stats_url: http://127.0.0.1:8404/haproxy_stats

  # A job that reports by itself: curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8083/push/backup
  # backup:
  #   name: Nightly Backup
  #   kind: push
  #   token_file: backup.token      # openssl rand -hex 16
  #   push_interval: 1d
  #   grace: 2h

# Where workflows send requests: GET /best_endpoint?capability=llm answers with the first that is healthy.
endpoints:
  llm:
    - { service: ollama, url: "http://127.0.0.1:11434" }
  # fallback: http://127.0.0.1:9000   # where none is healthy

# What counts as wrong is in rule files; the shipped ones are used unless some are named.
# rule_files: [rules/*.rules.yml]

# Who is notified: alertmanager.yml beside this file. Until a receiver there has settings, alerts go to the log.
# alerting: { config_file: alertmanager.yml }
`;
