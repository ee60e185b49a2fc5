// A machine of its own for a page's commands: a checkout, and a folder in the place of `/`. What would change this
// machine (sudo, systemctl, groupadd, docker) is a program of the sandbox's that does the same below the folder.

import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { type Outcome, ROOT } from './tool.js';

/** Whole paths that commands name, which are below the sandbox's folder. */
const ELSEWHERE = /(?<![\w.$}/])\/(?=(?:opt|etc|usr\/local\/bin|var\/lib)\/)/g;
const CHECKOUT = [
  'LICENSE',
  'README.md',
  'alertmanager.yml',
  'deploy',
  'dist',
  'docker-compose.yml',
  'docs',
  'examples',
  'grafana',
  'monitor.yml',
  'package.json',
  'package-lock.json',
  'rules',
  'scripts',
  'src',
  'tsconfig.json',
];

export class Sandbox {
  /** In the place of `/`. */
  readonly root = makeFolder('recipes');
  readonly checkout = join(this.root, 'home/checkout');
  /** In the place of 8083. */
  readonly port: number;

  private constructor(port: number) {
    this.port = port;
  }

  /** `modules` copies node_modules, for commands that change it; otherwise it is borrowed. */
  static async make({ modules = false } = {}): Promise<Sandbox> {
    const sandbox = new Sandbox(await freePort());
    sandbox.#furnish(modules);
    return sandbox;
  }

  #furnish(modules: boolean): void {
    for (const folder of [
      'etc/systemd/system',
      'etc/haproxy',
      'etc/prometheus',
      'usr/local/bin',
      'bin',
      'opt',
    ])
      mkdirSync(join(this.root, folder), { recursive: true });
    for (const name of CHECKOUT)
      cpSync(join(ROOT, name), join(this.checkout, name), { recursive: true, preserveTimestamps: true });
    const [from, to] = [join(ROOT, 'node_modules'), join(this.checkout, 'node_modules')];
    // Links of files, since npm only takes some away; but it writes its own list.
    if (modules) spawnSync('cp', ['-al', `${from}/.`, to]);
    else symlinkSync(from, to);
    const list = join(to, '.package-lock.json');
    if (modules) {
      const text = readFileSync(list);
      spawnSync('rm', [list]);
      writeFileSync(list, text);
    }
    writeFileSync(join(this.root, 'etc/group'), '');
    writeFileSync(join(this.root, 'etc/gshadow'), '');
    writeFileSync(join(this.root, 'etc/passwd'), '');
    for (const [name, text] of Object.entries(PROGRAMS))
      writeFileSync(join(this.root, 'bin', name), text, { mode: 0o755 });
  }

  /** A command as it has to be here: below the folder, on another port. */
  here(command: string): string {
    return command.replace(ELSEWHERE, `${this.root}/`).replaceAll('127.0.0.1:8083', `127.0.0.1:${this.port}`);
  }

  /** Runs commands one after the other, as a shell that stops at the first that fails. */
  run(commands: readonly string[]): Outcome {
    const script = commands.map(command => this.here(command)).join('\n');
    const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', script], {
      cwd: this.checkout,
      encoding: 'utf8',
      env: this.#environment,
    });
    return { status, stdout, stderr };
  }

  /** Starts a command that goes on, and waits for it to answer on {@link port}. @returns how to end it, with its output */
  async start(command: string): Promise<() => Promise<string>> {
    const child = spawn('sh', ['-c', `exec ${this.here(command)}`], {
      cwd: this.checkout,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (output += text));
    const ended = new Promise<string>(resolve => child.once('close', () => resolve(output)));
    for (let tries = 0; tries < 1200; tries++) {
      const ok = await fetch(`http://127.0.0.1:${this.port}/cluster_health`).then(
        response => response.ok,
        () => false,
      );
      if (ok)
        return () => {
          child.kill('SIGTERM');
          return ended;
        };
      if (child.exitCode !== null) break;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    child.kill('SIGTERM');
    throw new Error(`${command} does not answer: ${await ended}`);
  }

  get #environment(): NodeJS.ProcessEnv {
    const path = [join(this.root, 'bin'), join(this.root, 'usr/local/bin'), dirname(process.execPath)];
    return {
      ...process.env,
      PATH: `${path.join(':')}:${process.env.PATH}`,
      SANDBOX: this.root,
      SANDBOX_PORT: String(this.port),
      npm_config_offline: 'true',
      MONITOR_URL: `http://127.0.0.1:${this.port}`,
    };
  }

  /** Puts a program in the place of one of the sandbox's or the machine's. */
  program(name: string, text: string): void {
    writeFileSync(join(this.root, 'bin', name), text, { mode: 0o755 });
  }

  /** What the sandbox's own programs were asked for: `systemctl reload haproxy`. */
  get calls(): string[] {
    const file = join(this.root, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  close(): void {
    spawnSync('sh', ['-c', PROGRAMS.systemctl as string, 'systemctl', 'stop', 'langgraph-monitor'], {
      env: this.#environment,
    });
    removeFolder(this.root);
  }
}

const PROGRAMS: Readonly<Record<string, string>> = {
  sudo: '#!/bin/sh\nexec "$@"\n',
  groupadd: '#!/bin/sh\nexec /usr/sbin/groupadd --prefix "$SANDBOX" "$@"\n',
  // A group of the sandbox's is none of the machine's.
  install: `#!/bin/bash
args=()
while [ $# -gt 0 ]; do
  if [ "$1" = -g ]; then grep -q "^$2:" "$SANDBOX/etc/group" || { echo "install: no group $2" >&2; exit 1; }; shift
  else args+=("$1"); fi
  shift
done
exec /usr/bin/install "\${args[@]}"
`,
  // Knows what the unit says; where its paths are below the folder, so are those of its command.
  systemctl: `#!/bin/sh
echo "systemctl $*" >> "$SANDBOX/calls"
units="$SANDBOX/etc/systemd/system"
for last in "$@"; do :; done
unit="$units/$last.service"
pid="$SANDBOX/$last.pid"
start() {
  folder=$(sed -n 's/^WorkingDirectory=//p' "$unit")
  command=$(sed -n 's/^ExecStart=//p' "$unit" | sed "s#=/#=$SANDBOX/#g")
  cd "$SANDBOX$folder"
  $command --web.listen-address=127.0.0.1:$SANDBOX_PORT > "$SANDBOX/journal" 2>&1 &
  echo $! > "$pid"
}
case "$1" in
  daemon-reload) exec systemd-analyze verify "$units"/*.service ;;
  enable) [ "$2" != --now ] || start; exec /usr/bin/systemctl --quiet --root="$SANDBOX" enable "$last" ;;
  reload) [ ! -e "$unit" ] || kill -HUP "$(cat "$pid")" ;;
  stop) [ ! -e "$pid" ] || kill "$(cat "$pid")" ;;
  *) echo "systemctl $1 is not known here" >&2; exit 1 ;;
esac
`,
  journalctl: '#!/bin/sh\necho "journalctl $*" >> "$SANDBOX/calls"\ncat "$SANDBOX/journal"\n',
  docker: '#!/bin/sh\necho "docker $*" >> "$SANDBOX/calls"\n',
  grafana:
    '#!/bin/sh\necho "grafana $* $(env | grep -E "^(GF|DASHBOARDS|PROMETHEUS|ALERTMANAGER|SCRAPE)" | sort | tr "\\n" " ")" >> "$SANDBOX/calls"\n',
};
