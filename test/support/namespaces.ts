// Network namespaces with cables between them, of Linux: a cable that is cut loses all packets and tells neither end. Only root may
// have them.

import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { Child } from './child.js';

const run = promisify(execFile);

function ip(...args: string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}

/** Why there can be no namespaces here, one line; undefined where there can be. */
export function namespacesObstacle(): string | undefined {
  try {
    const world = new Namespaces(['one', 'other']);
    try {
      world.connect('one', 'other');
      return undefined;
    } finally {
      world.close();
    }
  } catch (error) {
    return `network namespaces are not allowed here, which takes root and iproute2: ${(error as Error).message}`;
  }
}

/** A cable, and the addresses of its ends. */
export interface NetworkCable {
  readonly near: string;
  readonly far: string;
  cut(): void;
  mend(): void;
}

let count = 0;

/** The caller must close it. */
export class Namespaces<Name extends string> {
  readonly #prefix = `lm${process.pid}x${count++}`;
  readonly #made: Name[] = [];
  #cables = 0;

  constructor(names: readonly Name[]) {
    try {
      for (const name of names) {
        ip('netns', 'add', this.#of(name));
        this.#made.push(name);
        ip('-n', this.#of(name), 'link', 'set', 'lo', 'up');
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Lays a cable, with addresses of its own at both ends. */
  connect(near: Name, far: Name): NetworkCable {
    const number = this.#cables++;
    const [nearEnd, farEnd] = [`near${number}`, `far${number}`];
    const cable = { near: `10.231.${number}.1`, far: `10.231.${number}.2` };
    ip(
      'link',
      'add',
      nearEnd,
      'netns',
      this.#of(near),
      'type',
      'veth',
      'peer',
      'name',
      farEnd,
      'netns',
      this.#of(far),
    );
    for (const [name, end, address] of [
      [near, nearEnd, cable.near],
      [far, farEnd, cable.far],
    ] as const) {
      ip('-n', this.#of(name), 'address', 'add', `${address}/30`, 'dev', end);
      ip('-n', this.#of(name), 'link', 'set', end, 'up');
    }
    // The near end keeps its route and sends into nothing; the far one has no way any more.
    const set = (state: 'up' | 'down') => {
      ip('-n', this.#of(far), 'link', 'set', farEnd, state);
    };
    return { ...cable, cut: () => set('down'), mend: () => set('up') };
  }

  /** Starts a program in a namespace. */
  start(
    name: Name,
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Child {
    return new Child('ip', ['netns', 'exec', this.#of(name), command, ...args], env);
  }

  /** GET from within a namespace, as text. @throws when nothing answers */
  async get(name: Name, url: string): Promise<string> {
    const curl = ['curl', '-sS', '--max-time', '5', url];
    return (await run('ip', ['netns', 'exec', this.#of(name), ...curl])).stdout;
  }

  /** Removes them, and all cables with them. */
  close(): void {
    for (const name of this.#made.splice(0)) ip('netns', 'delete', this.#of(name));
  }

  #of(name: Name): string {
    return `${this.#prefix}-${name}`;
  }
}
