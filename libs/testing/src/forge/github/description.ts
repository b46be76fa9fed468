import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

/** JSON Schema as the slice holds it. */
type Schema = Record<string, unknown>;

interface Operation {
  parameters: { name: string; in: string; required: boolean; schema: Schema }[];
  body: { required: boolean; schema: Schema } | null;
  /** Status -> schema of the answer; null: an answer without a JSON body. */
  answers: Record<string, Schema | null>;
}

interface Slice {
  operations: Record<string, Operation>;
  definitions: Record<string, Schema>;
}

/** `METHOD /path/{with}/{parameters}`, lower-case method, as GitHub's description names it. */
export interface MatchedOperation {
  name: string;
  path: Record<string, string>;
}

const TEXT = /^[\s\S]*$/;

/**
 * GitHub's own published description of the routes used (cut by tools/cut-github-openapi.mjs), as a
 * judge of requests and answers. What the description does not name is refused.
 */
export class GitHubDescription {
  readonly #slice: Slice;
  readonly #ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: {
      uri: /^[a-z][a-z0-9+.-]*:\S*$/i,
      'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
      email: /^[^@\s]+@[^@\s]+$/,
      int64: true,
      'ssh-key': TEXT,
      'repo.nwo': TEXT,
    },
  });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor() {
    const file = new URL('../../../openapi/github.slice.json', import.meta.url);
    this.#slice = JSON.parse(readFileSync(file, 'utf8')) as Slice;
  }

  /** The operation a request is of; undefined when the slice has none. */
  match(method: string, path: string): MatchedOperation | undefined {
    for (const name of Object.keys(this.#slice.operations)) {
      const [verb, template = ''] = name.split(' ');
      if (verb !== method.toLowerCase()) continue;
      const names: string[] = [];
      const pattern = template.replace(/\{(\w+)\}/g, (_, parameter: string) => {
        names.push(parameter);
        // GitHub takes slashes in branch names and refs.
        return parameter === 'branch' || parameter === 'ref' ? '(.+)' : '([^/]+)';
      });
      const found = new RegExp(`^${pattern}$`).exec(path);
      if (found === null) continue;
      const values = names.map((key, index) => [key, decodeURIComponent(found[index + 1] ?? '')]);
      return { name, path: Object.fromEntries(values) as Record<string, string> };
    }
    return undefined;
  }

  /** What is wrong with a request; empty when it is as described, without a field too many. */
  requestProblems(name: string, query: URLSearchParams, body: unknown): string[] {
    const { parameters, body: wanted } = this.#operation(name);
    const known = new Map(parameters.filter((p) => p.in === 'query').map((p) => [p.name, p]));
    const problems: string[] = [];
    for (const [key, value] of query) {
      const parameter = known.get(key);
      if (parameter === undefined) problems.push(`unknown query parameter ${key}`);
      else
        problems.push(
          ...this.#check(`${name} ?${key}`, parameter.schema, typed(value, parameter.schema)),
        );
    }
    for (const { name: key, required } of known.values()) {
      if (required && !query.has(key)) problems.push(`query parameter ${key} is missing`);
    }
    if (body === undefined) {
      if (wanted?.required === true) problems.push('the body is missing');
    } else if (wanted === null) problems.push('a body where none is described');
    else problems.push(...this.#check(`${name} body`, closed(wanted.schema), body));
    return problems;
  }

  /** What is wrong with an answer of ours. */
  answerProblems(name: string, status: number, body: unknown): string[] {
    const { answers } = this.#operation(name);
    const schema = answers[String(status)];
    // Described hardly anywhere, and happening everywhere: GitHub hides what one may not do behind 404.
    if (schema === undefined)
      return status === 401 || status === 404 || status >= 429
        ? []
        : [`${name}: status ${status} is not described`];
    // Of some errors only the status is described.
    if (schema === null)
      return body === undefined || status >= 400 ? [] : [`${name}: status ${status} has no body`];
    return this.#check(`${name} ${status}`, schema, body);
  }

  #operation(name: string): Operation {
    const operation = this.#slice.operations[name];
    if (operation === undefined) throw new Error(`the slice has no ${name}`);
    return operation;
  }

  #check(key: string, schema: Schema, value: unknown): string[] {
    let validate = this.#compiled.get(key);
    if (validate === undefined) {
      validate = this.#ajv.compile({ ...schema, definitions: this.#slice.definitions });
      this.#compiled.set(key, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${key}${instancePath} ${message ?? 'is wrong'} ${JSON.stringify(params)}`,
    );
  }
}

/** The same schema, refusing properties it does not name; alternatives are closed one by one. */
function closed(schema: Schema): Schema {
  const result: Schema = { ...schema };
  for (const key of ['oneOf', 'anyOf'] as const) {
    const parts = schema[key];
    if (Array.isArray(parts)) {
      // An `anyOf` of mere `required` lists only says which fields go together.
      const shapes = (parts as Schema[]).every((part) => 'type' in part);
      if (shapes) result[key] = (parts as Schema[]).map(closed);
    }
  }
  if (schema['properties'] !== undefined) result['additionalProperties'] = false;
  return result;
}

function typed(value: string, schema: Schema): unknown {
  if (schema['type'] === 'integer' || schema['type'] === 'number') return Number(value);
  if (schema['type'] === 'boolean') return value === 'true';
  return value;
}
