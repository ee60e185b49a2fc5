// Keys of a job that Prometheus has and the monitor has not: refused by name, so that a user does not take them for misspelt.
// Source: Prometheus 3.5, "Configuration".

const INSTEAD = 'leave it out, or run Prometheus and name it in query.url';

/** What to do about an option of `<http_config>` that is not supported. */
export const HTTP_INSTEAD = 'let a Prometheus scrape this job and read its /federate';

/** What other service discoveries find; the ones that are here are file, http and dns. */
const DISCOVERIES = [
  'aws',
  'azure',
  'consul',
  'digitalocean',
  'docker',
  'dockerswarm',
  'ec2',
  'eureka',
  'gce',
  'hetzner',
  'ionos',
  'kubernetes',
  'kuma',
  'lightsail',
  'linode',
  'marathon',
  'nerve',
  'nomad',
  'openstack',
  'outscale',
  'ovhcloud',
  'puppetdb',
  'scaleway',
  'serverset',
  'stackit',
  'triton',
  'uyuni',
  'vultr',
] as const;

/** Reasons for refusing keys of a job, by key. */
export const JOB_KEYS_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ...DISCOVERIES.map(
    name =>
      [
        `${name}_sd_configs`,
        `${name}_sd_configs is a service discovery of Prometheus that is not supported; use file_sd_configs or http_sd_configs, which other programs can fill`,
      ] as const,
  ),
  ['scrape_failure_log_file', `scrape_failure_log_file is of Prometheus 3 and not supported; ${INSTEAD}`],
]);

/** The same for `global`. */
export const GLOBAL_KEYS_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['scrape_failure_log_file', `scrape_failure_log_file is of Prometheus 3 and not supported; ${INSTEAD}`],
]);
