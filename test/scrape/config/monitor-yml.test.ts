// Variables of the environment in the sections about scraping.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadScrapeSections } from '../../../src/scrape/config/monitor-yml.js';
import { makeFolder, removeFolder } from '../../support/child.js';

let file = '';
beforeAll(() => {
  file = join(makeFolder('scrape-variables'), 'monitor.yml');
});
afterAll(() => removeFolder(join(file, '..')));

function read(text: string, env: NodeJS.ProcessEnv = {}) {
  writeFileSync(file, text);
  return loadScrapeSections(file, env);
}

test('variables are filled in, but not in what relabelling takes for a template', () => {
  const text = `
services: {}
scrape_configs:
  - job_name: a
    scrape_timeout: \${TIMEOUT:-3s}
    static_configs: [{targets: ["\${NODE:-127.0.0.1}:9100", "\${NODE}:$$1"]}]
    relabel_configs: [{target_label: a, replacement: "\${1}$$"}]
    metric_relabel_configs: [{target_label: a, replacement: "\${name}"}]
`;
  expect(read(text, { NODE: '127.0.0.2' }).jobs).toMatchObject([
    {
      timeout: 3000,
      discovery: {
        static: [{ targets: [{ __address__: '127.0.0.2:9100' }, { __address__: '127.0.0.2:$1' }] }],
      },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Go's templates
      relabelConfigs: [{ replacement: '${1}$$' }],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Go's templates
      options: { metricRelabelConfigs: [{ replacement: '${name}' }] },
    },
  ]);
});

test('a variable that is not set is a mistake with its place', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable
  expect(() => read('scrape_configs:\n  - job_name: ${NAME}\n')).toThrow(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable
    `${file}: yaml: line 2: the environment variable NAME is not set; set it or give a default: ${'${NAME:-value}'}`,
  );
});

test('without the sections there is no job', () => {
  expect(read('services: {}\n')).toEqual({
    global: { scrapeInterval: 60_000, scrapeTimeout: 10_000, externalLabels: {} },
    jobs: [],
    files: [],
    warnings: [],
    masked: '',
  });
});
