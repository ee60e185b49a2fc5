// A prometheus.yml as a source: its scrape jobs are taken over, those of blackbox_exporter's module http_2xx become
// services. Nothing is contacted. Source: Prometheus, "Configuration"; blackbox_exporter, README ("Prometheus Configuration").

import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { OWN_JOB } from '../../app/configuration.js';
import { ConfigError } from '../../config/config-error.js';
import { readText } from '../../config/text-file.js';
import { parseYamlTree, type YamlMapping, type YamlNode, YamlProblem } from '../../config/yaml-tree.js';
import { readScrapeSections, type ScrapeSections } from '../../scrape/config/read.js';
import { type Found, type FoundService, publicUrl } from './found.js';

/**
 * Reads one. @param folder where monitor.yml will be: paths are written relative to it
 * @throws ConfigError when it cannot be read or is no YAML
 */
export function fromPrometheusYml(file: string, folder: string): Found {
  const root = parse(file);
  const move = (path: string) => moved(path, dirname(file), folder);
  const section = (name: string) => child(root, name);
  const target = join(folder, 'monitor.yml');
  const services: FoundService[] = [];
  const left: string[] = [];
  const global = printed({ global: section('global') }, move, target);
  if (global.problem !== undefined) left.push(`global: ${global.problem}`);
  // A job's settings are checked against the defaults it will have.
  const defaults = global.problem === undefined ? section('global') : undefined;
  const configs: string[] = [];
  const names = new Set<string>();
  for (const job of items(section('scrape_configs'))) {
    const name = textOf(child(job, 'job_name')) ?? '';
    const where = `job ${JSON.stringify(name)}`;
    if (name === OWN_JOB) {
      left.push(`${where}: it is the monitor itself, whose samples are there without a scrape`);
      continue;
    }
    if (isBlackbox(job)) {
      addProbed(name, job, services, left);
      continue;
    }
    const { text, problem } = printed({ global: defaults, scrape_configs: job }, move, target);
    const reason = names.has(name) ? 'there is another one of this name' : (secretParameter(job) ?? problem);
    if (reason === undefined) {
      configs.push(text);
      names.add(name);
    } else left.push(`${where}: ${reason}`);
  }
  const files = takenFiles(section('scrape_config_files'), move, target, names, left);
  for (const each of NOT_TAKEN) if (section(each)) left.push(`${each}: ${REASON[each]}`);
  return {
    services,
    jobs: [],
    left,
    sections: { global: global.text, scrapeConfigs: configs.join('\n'), files, jobNames: names },
  };
}

const REASON: Readonly<Record<string, string>> = {
  rule_files:
    'name them in rule_files of monitor.yml beside the shipped rules, which record the status of the cluster',
  alerting: 'alerting.alertmanagers of monitor.yml names Alertmanagers by URL',
  remote_write: 'the monitor does not write elsewhere',
  remote_read: 'the monitor does not read elsewhere; query.url names a Prometheus that answers instead',
};
const NOT_TAKEN = Object.keys(REASON);

function parse(file: string): YamlNode | undefined {
  try {
    return parseYamlTree(readText(file));
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    throw new ConfigError([`${file}: yaml: line ${error.line}: ${error.message}`]);
  }
}

function child(node: YamlNode | undefined, name: string): YamlNode | undefined {
  if (node?.kind !== 'mapping') return undefined;
  return node.entries.find(({ key }) => key.kind === 'scalar' && key.text === name)?.value;
}

function items(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'sequence' ? node.items : [];
}

function textOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.text : undefined;
}

/** Parameters of a job's URL are not hidden anywhere. */
function secretParameter(job: YamlNode): string | undefined {
  const params = child(job, 'params');
  const names = params?.kind === 'mapping' ? params.entries.map(({ key }) => textOf(key) ?? '') : [];
  const secret = names.find(name => /token|secret|pass|api_?key/i.test(name));
  return secret && `its parameter ${secret} may be a secret, which is not copied; write the job yourself`;
}

/** A path that was relative to one folder, relative to the other. */
function moved(path: string, from: string, to: string): string {
  if (path === '' || isAbsolute(path)) return path;
  return relative(resolve(to), resolve(from, path)) || '.';
}

interface Printed {
  readonly text: string;
  /** Why it cannot be taken over. */
  readonly problem?: string;
}

/** Where the jobs of what is printed begin: at the end. */
const JOBS = 'scrape_configs:\n';
const POSITION = { line: 1, column: 1 } as const;

/** A section as it is written into monitor.yml: paths moved, secrets in files, dollar signs that begin no variable. */
function printed(
  sections: { readonly global?: YamlNode | undefined; readonly scrape_configs?: YamlNode },
  move: (path: string) => string,
  file: string,
): Printed {
  const { global, scrape_configs: job } = sections;
  if (!global && !job) return { text: '' };
  const name = textOf(child(job, 'job_name')) ?? 'prometheus';
  const changed = (change: (node: YamlNode) => YamlNode): ScrapeSections => ({
    ...(global && { global: change(global) }),
    ...(job && { scrape_configs: { kind: 'sequence', ...POSITION, items: [change(job)] } }),
  });
  const moving = (node: YamlNode) => withPaths(node, move);
  try {
    readScrapeSections(changed(moving), file);
    const { masked } = readScrapeSections(
      changed(node => withDollars(moving(node))),
      file,
    );
    const text = job ? masked.slice(masked.indexOf(JOBS) + JOBS.length) : masked;
    return withSecretFiles(text.trimEnd(), name.replace(/[^\w.-]+/g, '_'));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Its lines are not those of the source.
    const [first = ''] = error.mistakes;
    return { text: '', problem: first.replace(/^.*?: yaml: line \d+: |^[^:]*: /, '') };
  }
}

const isPath = (key: string) => key.endsWith('_file');

/** The same tree with relative paths moved: keys that end in `_file`, and `files` of file_sd_configs. */
function withPaths(node: YamlNode, move: (path: string) => string): YamlNode {
  if (node.kind === 'scalar') return node;
  if (node.kind === 'sequence') return { ...node, items: node.items.map(item => withPaths(item, move)) };
  const scalar = (value: YamlNode): YamlNode =>
    value.kind === 'scalar' ? { ...value, text: move(value.text) } : withPaths(value, move);
  const entries = node.entries.map(({ key, value }) => {
    const name = textOf(key) ?? '';
    if (isPath(name)) return { key, value: scalar(value) };
    const isList = name === 'files' && value.kind === 'sequence';
    return { key, value: isList ? { ...value, items: value.items.map(scalar) } : withPaths(value, move) };
  });
  return { ...node, entries } satisfies YamlMapping;
}

/** Their texts are templates, in which monitor.yml knows no variables. */
const TEMPLATES = new Set(['relabel_configs', 'metric_relabel_configs']);

function withDollars(node: YamlNode): YamlNode {
  if (node.kind === 'scalar') return { ...node, text: node.text.replace(/\$(?=\$|\{(?!\d+\}))/g, '$$$$') };
  if (node.kind === 'sequence') return { ...node, items: node.items.map(withDollars) };
  const entries = node.entries.map(({ key, value }) => ({
    key,
    value: TEMPLATES.has(textOf(key) ?? '') ? value : withDollars(value),
  }));
  return { ...node, entries };
}

/** A masked section whose secrets are named by file; a secret that cannot be in one is a problem. */
function withSecretFiles(masked: string, name: string): Printed {
  const text = masked.replace(
    /^( *(?:- )?)(password|credentials|bearer_token|client_secret): <secret>$/gm,
    (_, indent: string, key: string) =>
      `${indent}${key}_file: ${name}.${key}   # the source has it in plain text: put it into this file`,
  );
  const rest = text.split('\n').find(line => /<secret>|:xxxxx@/.test(line));
  if (rest === undefined) return { text };
  const key = /^ *(?:- )?(\w+):/.exec(rest)?.[1] ?? 'a list';
  return { text: '', problem: `it has a secret in ${key}, which is not copied; write the job yourself` };
}

function takenFiles(
  node: YamlNode | undefined,
  move: (path: string) => string,
  file: string,
  names: Set<string>,
  left: string[],
): string[] {
  return items(node).flatMap(item => {
    const path = move(textOf(item) ?? '');
    const scrape_config_files: YamlNode = {
      kind: 'sequence',
      ...POSITION,
      items: [{ kind: 'scalar', ...POSITION, text: path, plain: false }],
    };
    try {
      const jobs = readScrapeSections({ scrape_config_files }, file).jobs.map(({ name }) => name);
      const known = jobs.find(name => names.has(name));
      if (known !== undefined)
        throw new ConfigError([`there is another job of the name ${JSON.stringify(known)}`]);
      for (const name of jobs) names.add(name);
      return [path];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      left.push(`scrape_config_files: ${path}: ${error.mistakes[0]}`);
      return [];
    }
  });
}

/** Whether a job asks a blackbox_exporter for what the monitor checks itself. */
function isBlackbox(job: YamlNode): boolean {
  const modules = items(child(child(job, 'params'), 'module')).map(textOf);
  return textOf(child(job, 'metrics_path')) === '/probe' && modules.length === 1 && modules[0] === 'http_2xx';
}

/** Its static targets as services. */
function addProbed(name: string, job: YamlNode, services: FoundService[], left: string[]): void {
  const targets = items(child(job, 'static_configs')).flatMap(group => items(child(group, 'targets')));
  const others = job.kind === 'mapping' ? job.entries.map(({ key }) => textOf(key) ?? '') : [];
  for (const key of others.filter(each => each.endsWith('_sd_configs')))
    left.push(
      `job ${JSON.stringify(name)}: targets of ${key}, which are not in the file; add them as services`,
    );
  for (const target of targets) {
    const text = textOf(target) ?? '';
    // blackbox_exporter takes a target without a scheme as one of http.
    const url = publicUrl(/^https?:\/\//i.test(text) ? text : `http://${text}`);
    if (!url) {
      left.push(`job ${JSON.stringify(name)}: a target that is no URL`);
      continue;
    }
    const { host, pathname } = new URL(url.url);
    services.push({
      name: `${host}${pathname === '/' ? '' : pathname}`,
      kind: 'http',
      settings: { url: url.url },
      comments: [
        `A target of the job ${JSON.stringify(name)}, without its blackbox_exporter.`,
        ...url.comments,
      ],
    });
  }
}
