// The description of the endpoints, made of their catalogue. Comes in: routes; goes out: an OpenAPI 3.1 document.
// Source: OpenAPI Specification 3.1.

import { z } from 'zod';
import { alertmanagerError } from './alertmanager/problem.js';
import { apiError } from './prometheus/envelope.js';
import type { EndpointDescription } from './route.js';
import { clusterHealth, errorShape, service, serviceHealth } from './shapes.js';

/** A JSON schema, as far as this file and the page look into it. */
export interface OpenApiSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly items?: OpenApiSchema;
  readonly anyOf?: readonly OpenApiSchema[];
}

/** A parameter of the query or of the path. */
export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly required: boolean;
  readonly description: string;
  readonly schema: OpenApiSchema;
}

/** An answer with one status. */
export interface ResponseObject {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: OpenApiSchema }>>;
}

/** One method of one path. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: ResponseObject['content'] };
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, OpenApiSchema>> };
}

/** Shapes that more than one answer has. */
const SHARED = {
  ClusterHealth: clusterHealth,
  Service: service,
  ServiceHealth: serviceHealth,
  Error: errorShape,
  ApiError: apiError,
  AlertmanagerError: alertmanagerError,
};

const TEXT: OpenApiSchema = { type: 'string' };

/** Of every request that changes something. */
const FOREIGN =
  "A browser asks for a page of another origin, or under a host name that is not this monitor's";

/** Describes endpoints. @param url where the outside finds them */
export function describeRoutes(
  endpoints: readonly EndpointDescription[],
  version: string,
  url: string,
): OpenApi {
  const listed = endpoints.filter(endpoint => !endpoint.hidden);
  const names = nameAnswers(listed);
  const paths: Record<string, Record<string, Operation>> = {};
  for (const endpoint of listed) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    const operations = paths[path] ?? {};
    paths[path] = operations;
    operations[endpoint.method.toLowerCase()] = describe(endpoint, names);
    if (endpoint.form) operations.post = describeForm(endpoint, names);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'langgraph-monitor',
      version,
      description:
        'Watches a LangGraph cluster. Every answer that is no 200 says why in `error`. Below `/api/v1` is the HTTP API of Prometheus, below `/api/v2` that of Alertmanager.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url }],
    paths,
    components: { schemas: components(names) },
  };
}

type Names = z.core.$ZodRegistry<{ id: string }>;

/** Gives every JSON answer a name: that of a shared shape, or its path's (`/haproxy_metrics` is `HaproxyMetrics`). */
function nameAnswers(endpoints: readonly EndpointDescription[]): Names {
  const names = z.registry<{ id: string }>();
  for (const [id, shape] of Object.entries(SHARED)) names.add(shape, { id });
  const used = new Set(Object.keys(SHARED));
  for (const { path, method, answer } of endpoints) {
    const shape = typeof answer === 'function' && answer();
    if (!shape || names.has(shape)) continue;
    const name = inWords(path);
    // Two methods of one path answer differently.
    const id = used.has(name) ? name + inWords(method.toLowerCase()) : name;
    used.add(id);
    names.add(shape, { id });
  }
  return names;
}

function inWords(path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(word => word !== '');
  return words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Root';
}

function components(names: Names): Record<string, OpenApiSchema> {
  const { schemas } = z.toJSONSchema(names, { io: 'input', uri: reference });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema as OpenApiSchema]),
  );
}

function reference(id: string): string {
  return `#/components/schemas/${id}`;
}

function describe(endpoint: EndpointDescription, names: Names): Operation {
  const { method, path, summary, inPath = {}, query, body } = endpoint;
  const all = [...pathParameters(inPath), ...(query ? parameters(query()) : [])];
  return {
    operationId: method.toLowerCase() + inWords(path),
    summary,
    ...(all.length > 0 && { parameters: all }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body.shape) } } },
    }),
    responses: responses(endpoint, names),
  };
}

/** The same by POST, the parameters in a form. */
function describeForm(endpoint: EndpointDescription, names: Names): Operation {
  const { path, summary, query = () => z.object({}) } = endpoint;
  const all = parameters(query());
  const schema = {
    type: 'object',
    properties: Object.fromEntries(
      all.map(({ name, description, schema }) => [name, { ...schema, description }]),
    ),
    required: all.filter(({ required }) => required).map(({ name }) => name),
  };
  return {
    operationId: `post${inWords(path)}`,
    summary,
    requestBody: {
      required: true,
      content: { 'application/x-www-form-urlencoded': { schema }, 'multipart/form-data': { schema } },
    },
    responses: responses(endpoint, names),
  };
}

function responses(endpoint: EndpointDescription, names: Names): Operation['responses'] {
  const { method, summary, query, body, answer, error = errorShape, others = {} } = endpoint;
  const problem = () => error;
  const content = (described: EndpointDescription['answer']): ResponseObject['content'] => {
    if (typeof described !== 'function')
      return Object.fromEntries(described.map(type => [type, { schema: TEXT }]));
    const shape = described();
    const id = names.get(shape)?.id;
    if (id === undefined) throw new Error(`an answer of ${endpoint.path} has no name`);
    return { 'application/json': { schema: { $ref: reference(id) } } };
  };
  const errorOf = (description: string): ResponseObject => ({ description, content: content(problem) });
  const all: Record<string, ResponseObject> = {
    200: { description: summary, content: content(answer) },
    ...((query || body) && { 400: errorOf(body ? 'The body is wrong' : 'A parameter is wrong') }),
    ...(body && { 413: errorOf('The body is too large'), 415: errorOf('The body is no `application/json`') }),
    ...(method !== 'GET' && { 403: errorOf(FOREIGN) }),
    default: errorOf('Any other error'),
  };
  for (const [status, { when, answer: shape = problem }] of Object.entries(others)) {
    all[status] = { description: when, content: content(shape) };
  }
  return all;
}

function pathParameters(inPath: NonNullable<EndpointDescription['inPath']>): Parameter[] {
  return Object.entries(inPath).map(([name, { description, example }]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string', examples: [example] },
  }));
}

/** What is sent, as a schema of its own. */
function schemaOf(shape: z.ZodType): OpenApiSchema & { readonly required?: readonly string[] } {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, {
    io: 'input',
    // Zod takes the default and the examples of what is read from a text for those of its result, and leaves them out.
    override: ({ zodSchema, jsonSchema }) => {
      Object.assign(jsonSchema, z.globalRegistry.get(zodSchema));
      // Null is understood where something may be left out, but it need not be sent.
      const kinds = jsonSchema.anyOf?.filter(each => each.type !== 'null') ?? [];
      if (zodSchema._zod.def.type !== 'union' && kinds.length === 1) {
        delete jsonSchema.anyOf;
        Object.assign(jsonSchema, kinds[0]);
      }
    },
  });
  return schema as OpenApiSchema;
}

function parameters(query: z.ZodObject): Parameter[] {
  const { properties = {}, required = [] } = schemaOf(query);
  return Object.entries(properties).map(([name, property]) => {
    const { description = '', pattern, ...schema } = property as OpenApiSchema & { pattern?: string };
    return {
      name,
      in: 'query',
      required: required.includes(name),
      description,
      // The pattern of a number is how its text is read.
      schema: schema.type === 'string' && pattern ? { ...schema, pattern } : schema,
    };
  });
}
