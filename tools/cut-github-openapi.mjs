#!/usr/bin/env node
/**
 * Cuts the routes the fake forge serves out of GitHub's published OpenAPI description. Run by hand:
 *
 *   npm install --no-save --prefix /tmp/openapi @octokit/openapi@23.0.2   # 385 MB, never in the repository
 *   node tools/cut-github-openapi.mjs /tmp/openapi/node_modules/@octokit/openapi
 *
 * Writes libs/testing/openapi/github.slice.json: each operation's parameters, request body and answers
 * as plain JSON Schema (OpenAPI 3.0's `nullable` becomes a type), without prose and examples.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OPERATIONS = [
  'get /user',
  'get /users/{username}',
  'get /repos/{owner}/{repo}',
  'get /repos/{owner}/{repo}/branches/{branch}',
  'get /repos/{owner}/{repo}/pulls',
  'post /repos/{owner}/{repo}/pulls',
  'get /repos/{owner}/{repo}/pulls/{pull_number}',
  'patch /repos/{owner}/{repo}/pulls/{pull_number}',
  'post /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers',
  'get /repos/{owner}/{repo}/pulls/{pull_number}/comments',
  'get /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
  'post /repos/{owner}/{repo}/issues/{issue_number}/labels',
  'get /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'post /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'get /repos/{owner}/{repo}/commits/{ref}/check-runs',
  'get /repos/{owner}/{repo}/commits/{ref}/status',
  'post /repos/{owner}/{repo}/forks',
  'get /repos/{owner}/{repo}/installation',
  'post /app/installations/{installation_id}/access_tokens',
];
const PROSE = new Set([
  'description',
  'example',
  'examples',
  'title',
  'externalDocs',
  'deprecated',
]);

const source = process.argv[2];
if (source === undefined) throw new Error('give the folder of @octokit/openapi');
const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
const description = JSON.parse(readFileSync(join(source, 'generated/api.github.com.json'), 'utf8'));

const definitions = {};
const operations = {};
for (const name of OPERATIONS) {
  const [method, path] = name.split(' ');
  const item = description.paths[path];
  const operation = item?.[method];
  if (operation === undefined) throw new Error(`the description has no ${name}`);
  operations[name] = {
    parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])]
      .map(resolve)
      .map(({ name: parameter, in: place, required = false, schema }) => ({
        name: parameter,
        in: place,
        required,
        schema: plain(schema),
      })),
    body: bodyOf(resolve(operation.requestBody)),
    answers: Object.fromEntries(
      Object.entries(operation.responses).map(([status, answer]) => [
        status,
        bodyOf(resolve(answer))?.schema ?? null,
      ]),
    ),
  };
}

const target = fileURLToPath(new URL('../libs/testing/openapi/github.slice.json', import.meta.url));
const text = JSON.stringify({
  source: `@octokit/openapi ${version}, generated/api.github.com.json (MIT)`,
  operations,
  definitions,
});
writeFileSync(target, `${text}\n`);
console.log(
  `${Object.keys(operations).length} operations, ${Object.keys(definitions).length} definitions, ${Math.round(text.length / 1024)} KiB`,
);

function bodyOf(body) {
  const schema = body?.content?.['application/json']?.schema;
  return schema === undefined ? null : { required: body.required === true, schema: plain(schema) };
}

function resolve(value) {
  if (typeof value?.$ref !== 'string') return value;
  return value.$ref
    .slice(2)
    .split('/')
    .reduce((at, key) => at[key], description);
}

/** JSON Schema of an OpenAPI schema; referenced ones are gathered in `definitions`. */
function plain(schema, isMap = false) {
  if (Array.isArray(schema)) return schema.map((entry) => plain(entry));
  if (schema === null || typeof schema !== 'object') return schema;
  if (!isMap && typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').at(-1);
    if (!(name in definitions)) {
      definitions[name] = {};
      definitions[name] = plain(resolve(schema));
    }
    return { $ref: `#/definitions/${name}` };
  }
  const result = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!isMap && (PROSE.has(key) || key.startsWith('x-') || key === 'nullable')) continue;
    result[key] =
      key === 'enum' || key === 'default' || key === 'required'
        ? value
        : plain(value, !isMap && key === 'properties');
  }
  if (isMap || schema.nullable !== true) return result;
  if (Array.isArray(result.enum)) result.enum = [...result.enum, null];
  if (typeof result.type === 'string') return { ...result, type: [result.type, 'null'] };
  return { anyOf: [result, { type: 'null' }] };
}
