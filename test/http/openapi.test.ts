import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpoints as alertmanagerEndpoints } from '../../src/http/alertmanager/index.js';
import type { OpenApi, OpenApiSchema, Operation } from '../../src/http/openapi.js';
import { exampleOf } from '../../src/http/page/example.js';
import { endpoints } from '../../src/http/prometheus/index.js';
import type { EndpointDescription } from '../../src/http/route.js';
import { routes } from '../../src/http/routes/index.js';
import { result, startMonitor, type TestMonitor } from './monitor.js';

let monitor: TestMonitor;
let document: OpenApi;
beforeAll(async () => {
  monitor = await startMonitor();
  for (const { id } of monitor.cluster.services) {
    monitor.feed(
      result(id, { facts: { haproxy: { backends: {} } }, details: { connected_clients: 1 }, data: '[1]' }),
    );
  }
  monitor.feed(result('tools', { status: 'timeout', error: 'x', reason: 'timeout', level: 'down' }));
  monitor.store.append({ at: 1, entry: JSON.stringify(await monitor.json('/cluster_health')) });
  document = (await monitor.json('/openapi.json')) as OpenApi;
});
afterAll(() => monitor[Symbol.asyncDispose]());

const operations = (): [string, string, Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      method,
      path,
      operation,
    ]),
  );

/** Every object of a JSON value, with its path. */
function* objects(value: unknown, place = '#'): Generator<[place: string, object: Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [place, value as Record<string, unknown>];
  for (const [key, inner] of Object.entries(value)) yield* objects(inner, `${place}/${key}`);
}

/** The paths at which a value does not match a schema: types, required and unknown fields, enumerations. */
function differences(value: unknown, schema: OpenApiSchema & { required?: string[] }, place = ''): string[] {
  if (schema.$ref)
    return differences(value, document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, place);
  if (schema.anyOf) {
    const each = schema.anyOf.map(one => differences(value, one, place));
    return each.find(one => one.length === 0) ?? each.flat();
  }
  if (schema.enum && !schema.enum.includes(value)) return [`${place}: ${value} is none of ${schema.enum}`];
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const types = [schema.type ?? type].flat();
  if (!types.includes(type)) return [`${place}: ${type} is no ${types.join(' or ')}`];
  if (Array.isArray(value))
    return value.flatMap((item, i) => differences(item, schema.items ?? {}, `${place}/${i}`));
  if (type !== 'object') return [];
  const fields = Object.entries(value as object);
  const missing = (schema.required ?? [])
    .filter(name => !(name in (value as object)))
    .map(name => `${place}/${name}: missing`);
  const wrong = fields.flatMap(([name, inner]) => {
    const known = schema.properties?.[name] ?? schema.additionalProperties;
    if (known === undefined && schema.type) return [`${place}/${name}: not described`];
    return typeof known === 'object' ? differences(inner, known, `${place}/${name}`) : [];
  });
  return [...missing, ...wrong];
}

describe('/openapi.json', () => {
  test('has the fields OpenAPI 3.1 requires, each of its kind', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'langgraph-monitor', version: '1.2.3', license: { identifier: 'Apache-2.0' } },
      servers: [{ url: 'http://monitor.example/cluster' }],
    });
    for (const [method, path, operation] of operations()) {
      expect(path).toMatch(/^\//);
      expect(['get', 'post', 'put', 'delete']).toContain(method);
      expect(operation).toMatchObject({ operationId: expect.any(String), summary: expect.any(String) });
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^([1-5]\d\d|default)$/);
        expect(description).toBeTruthy();
        for (const [type, { schema }] of Object.entries(content)) {
          expect(type).toMatch(/^[a-z]+\/[a-z+-]+$/);
          expect(schema).toBeTypeOf('object');
        }
      }
    }
    const ids = operations().map(([, , { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('describes every endpoint and nothing else', () => {
    const described = operations().map(([method, path]) => `${method.toUpperCase()} ${path}`);
    const shown: EndpointDescription[] = [...routes, ...endpoints, ...alertmanagerEndpoints].filter(
      each => !each.hidden,
    );
    expect(described).toEqual(
      shown.flatMap(({ method, path, form }) =>
        (form ? [method, 'POST'] : [method]).map(each => `${each} ${path.replace(/:(\w+)/g, '{$1}')}`),
      ),
    );
    expect(described).toContain('POST /api/v1/query');
    expect(described).toContain('GET /api/v1/label/{name}/values');
    expect(described).toContain('POST /-/reload');
    expect(described).toContain('DELETE /api/v2/silence/{silenceID}');
    expect(described).not.toContain('GET /page.css');
  });

  test('has no dangling reference, and no keyword outside of JSON Schema 2020-12', () => {
    const known =
      /^(\$ref|type|description|enum|const|default|minimum|maximum|examples|properties|additionalProperties|propertyNames|items|anyOf|required|pattern)$/;
    for (const [place, { $ref }] of objects(document)) {
      if ($ref !== undefined)
        expect(Object.keys(document.components.schemas), place).toContain(
          String($ref).replace('#/components/schemas/', ''),
        );
    }
    for (const [place, schema] of objects(document.components.schemas)) {
      if (place === '#' || place.endsWith('/properties') || place.includes('/examples/')) continue;
      for (const keyword of Object.keys(schema)) expect(keyword, place).toMatch(known);
    }
  });

  test('describes the values of parameters', () => {
    expect(document.paths['/history']?.get?.parameters).toEqual([
      {
        name: 'limit',
        in: 'query',
        required: false,
        description: 'How many',
        schema: { type: 'integer', minimum: 1, maximum: 10_000, default: 50 },
      },
      {
        name: 'before',
        in: 'query',
        required: false,
        description: 'Only scans before this timestamp',
        schema: { type: 'string', examples: ['2024-01-15T10:30:45.123456'] },
      },
      {
        name: 'after',
        in: 'query',
        required: false,
        description: 'Only scans after this timestamp',
        schema: { type: 'string', examples: ['2024-01-15T10:30:45.123456'] },
      },
    ]);
    expect(document.paths['/alerts']?.get?.parameters?.[0]?.schema.enum).toEqual(
      expect.arrayContaining(['true', 'false']),
    );
  });

  test('describes the fields of forms and paths', () => {
    const parameters = document.paths['/api/v1/query']?.get?.parameters ?? [];
    expect(parameters.map(({ name, required }) => [name, required])).toEqual([
      ['query', true],
      ['time', false],
      ['timeout', false],
      ['limit', false],
      ['lookback_delta', false],
      ['stats', false],
    ]);
    const form = document.paths['/api/v1/query']?.post?.requestBody?.content;
    expect(form?.['application/x-www-form-urlencoded']?.schema).toMatchObject({
      type: 'object',
      properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
      required: ['query'],
    });
    expect(document.paths['/api/v1/label/{name}/values']?.get?.parameters?.[0]).toEqual({
      name: 'name',
      in: 'path',
      required: true,
      description: 'The label; one with other characters may be escaped (`U__`)',
      schema: { type: 'string', examples: ['job'] },
    });
  });

  test.each([
    ['get', '/cluster_health', ['200', '400', 'default']],
    ['get', '/health', ['200', '503', 'default']],
    ['get', '/events', ['200', '503', 'default']],
    ['get', '/best_endpoint', ['200', '400', '404', 'default']],
    ['get', '/haproxy_metrics', ['200', '400', '404', '503', 'default']],
    ['get', '/-/ready', ['200', '503', 'default']],
    ['post', '/-/reload', ['200', '403', '500', 'default']],
    ['get', '/api/v1/query', ['200', '400', '422', '503', 'default']],
    ['post', '/api/v1/query', ['200', '400', '422', '503', 'default']],
    ['get', '/api/v1/alerts', ['200', 'default']],
    ['get', '/alert_history', ['200', '400', 'default']],
    ['get', '/api/v2/alerts', ['200', '400', 'default']],
    ['post', '/api/v2/alerts', ['200', '400', '403', '413', '415', '500', 'default']],
    ['post', '/api/v2/silences', ['200', '400', '403', '404', '413', '415', '500', 'default']],
    ['delete', '/api/v2/silence/{silenceID}', ['200', '403', '404', '422', '500', 'default']],
    ['post', '/notify/sms', ['200', '400', '403', '404', '413', '415', '503', 'default']],
  ])('%s %s lists its statuses', (method, path, statuses) => {
    expect(Object.keys(document.paths[path]?.[method]?.responses ?? {})).toEqual(statuses);
  });

  test.each([
    ['/cluster_health', '200'],
    ['/health', '200'],
    ['/alerts', '200'],
    ['/alerts?detail=true', '200'],
    ['/history', '200'],
    ['/stats', '200'],
    ['/haproxy_metrics', '200'],
    ['/best_endpoint', '200'],
    ['/best_endpoint?prefer=latency', '200'],
    ['/best_endpoint?capability=x', '404'],
    ['/haproxy_metrics?service=x', '404'],
    ['/history?limit=0', '400'],
    ['/api/v1/targets', '200'],
    ['/api/v1/rules', 'default'],
    ['/api/v1/status/runtimeinfo', '200'],
    ['/api/v1/format_query?query=up', '200'],
    ['/api/v1/query?time=x', '400'],
    ['/alert_history', '200'],
    ['/api/v2/status', '200'],
    ['/api/v2/receivers', '200'],
    ['/api/v2/alerts', '200'],
    ['/api/v2/alerts?filter=x', '400'],
    ['/api/v2/alerts/groups', '200'],
    ['/api/v2/silences', '200'],
    ['/api/v2/silences?filter=x', '400'],
  ])('%s answers as described', async (path, status) => {
    const answer = document.paths[path.split('?')[0] as string]?.get?.responses[status];
    const schema = answer?.content['application/json']?.schema;
    expect(schema?.$ref).toBeDefined();
    expect(differences(await monitor.json(path), schema ?? {})).toEqual([]);
  });

  test('describes bodies', () => {
    const schema = (path: string) =>
      document.paths[path]?.post?.requestBody?.content['application/json']?.schema as OpenApiSchema & {
        required: string[];
      };
    expect(schema('/api/v2/silences').required).toEqual([
      'comment',
      'createdBy',
      'endsAt',
      'matchers',
      'startsAt',
    ]);
    expect(schema('/api/v2/alerts').items?.properties?.labels).toEqual({
      type: 'object',
      additionalProperties: { type: 'string' },
    });
    for (const path of ['/api/v2/silences', '/api/v2/alerts', '/notify/sms']) {
      const example = exampleOf(schema(path), document.components.schemas);
      expect(differences(example, schema(path)), path).toEqual([]);
    }
    expect(document.paths['/cluster_health']?.get?.requestBody).toBeUndefined();
  });

  test('the comparison of this test fails for an answer that is not as described', () => {
    const health = { $ref: '#/components/schemas/Health' };
    expect(differences({ status: 'well', extra: 1 }, health)).toEqual(
      expect.arrayContaining([
        '/status: well is none of healthy,unhealthy',
        '/store: missing',
        '/extra: not described',
      ]),
    );
  });

  test('examples made of it are what it describes', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(differences(exampleOf(schema, document.components.schemas), schema), name).toEqual([]);
    }
  });

  test('is the same bytes every time', async () => {
    const texts = await Promise.all(
      [1, 2].map(async () => (await fetch(`${monitor.url}/openapi.json`)).text()),
    );
    expect(texts[0]).toBe(texts[1]);
  });
});
