// The page of endpoints, made of their description.

import type { OpenApi, OpenApiSchema, Operation, Parameter, ResponseObject } from '../openapi.js';
import type { RouteResult } from '../route.js';
import { exampleOf } from './example.js';
import { page } from './frame.js';
import { type Html, html, prose } from './html.js';

/** Writes the page. */
export function docsPage({ info, paths, components }: OpenApi): RouteResult {
  const endpoints = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      // The same again by POST, and said beside the GET.
      .filter(([, operation]) => !isForm(operation))
      .map(([method, operation]) => {
        const methods = operations.post && isForm(operations.post) ? [method, 'post'] : [method];
        return endpoint(
          methods.map(each => each.toUpperCase()),
          path,
          operation,
          components.schemas,
        );
      }),
  );
  return page(
    'langgraph-monitor: endpoints',
    html`<header>
<h1>Endpoints</h1>
<p class="quiet">langgraph-monitor ${info.version} · <a href="./">Overview</a> · <a href="openapi.json">openapi.json</a></p>
<p>${prose(info.description)}</p>
</header>
<main>
${endpoints}
</main>`,
    'try-it.js',
  );
}

function endpoint(
  methods: readonly string[],
  path: string,
  { operationId, summary, parameters = [], requestBody, responses }: Operation,
  schemas: Readonly<Record<string, OpenApiSchema>>,
): Html {
  const { 200: success, ...others } = responses;
  return html`<section class="endpoint" aria-labelledby="${operationId}">
<h2 id="${operationId}"><span class="method">${methods.join(' or ')}</span> <code>${path}</code></h2>
<p>${prose(summary)}</p>
${methods[0] === 'GET' ? form(path, parameters) : parameterList(parameters)}
${requestBody && body(requestBody, schemas)}
${success && answer(success, schemas)}
<details><summary>Other answers</summary>
<ul class="list">${Object.entries(others).map(([status, { description }]) => html`<li><code>${status}</code> ${description}</li>`)}</ul>
</details>
</section>`;
}

function isForm({ requestBody }: Operation): boolean {
  return requestBody !== undefined && 'application/x-www-form-urlencoded' in requestBody.content;
}

/** What is sent. */
function body(
  { content }: NonNullable<Operation['requestBody']>,
  schemas: Readonly<Record<string, OpenApiSchema>>,
): Html {
  const schema = content['application/json']?.schema ?? {};
  return html`<details><summary>Example body</summary>
<pre tabindex="0">${JSON.stringify(exampleOf(schema, schemas), null, 2)}</pre>
</details>`;
}

function form(path: string, parameters: readonly Parameter[]): Html {
  const inPath = parameters.filter(each => each.in === 'path');
  const action = inPath.reduce(
    (text, { name, schema }) => text.replace(`{${name}}`, String(schema.examples?.[0])),
    path,
  );
  return html`<form data-try action=".${action}" method="get">
${parameters.filter(each => each.in === 'query').map(field)}
<button type="submit">Try it</button>
<output aria-live="polite"></output>
</form>`;
}

/** Parameters of what changes something, which the page does not try. */
function parameterList(parameters: readonly Parameter[]): Html | undefined {
  const query = parameters.filter(each => each.in === 'query');
  if (query.length === 0) return undefined;
  return html`<ul class="list">${query.map(({ name, description }) => html`<li><code>${name}</code> ${prose(description)}</li>`)}</ul>`;
}

function field({ name, description, schema }: Parameter): Html {
  return html`<label><code>${name}</code> <span class="quiet">${prose(description)}</span>
${schema.enum ? choice(name, schema.enum) : html`<input name="${name}" placeholder="${placeholder(schema)}" autocomplete="off">`}</label>`;
}

function choice(name: string, values: readonly unknown[]): Html {
  return html`<select name="${name}"><option></option>${values.map(value => html`<option>${String(value)}</option>`)}</select>`;
}

function placeholder({ type, examples, minimum, maximum, default: preset }: OpenApiSchema): string {
  if (preset !== undefined) return String(preset);
  if (examples) return String(examples[0]);
  return minimum !== undefined && maximum !== undefined
    ? `${minimum} to ${maximum}`
    : [type ?? []].flat().join(' or ');
}

function answer({ content }: ResponseObject, schemas: Readonly<Record<string, OpenApiSchema>>): Html {
  if (Object.keys(content).length === 0) return html`<p class="quiet">The answer is empty.</p>`;
  const json = content['application/json'];
  if (!json?.schema.$ref) return html`<p class="quiet">Answers ${Object.keys(content).join(' or ')}.</p>`;
  return html`<details><summary>Example answer</summary>
<pre tabindex="0">${JSON.stringify(exampleOf(json.schema, schemas), null, 2)}</pre>
</details>`;
}
