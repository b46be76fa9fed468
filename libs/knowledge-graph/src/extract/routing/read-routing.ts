import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { SourceLanguage } from '../../syntax/language.js';
import type { FileFacts } from '../file-facts.js';
import { FUNCTIONS, functionName, ownerOf, parameterNames, valueOf } from './function-nodes.js';
import { readAnnotations } from './read-annotations.js';
import { readValue } from './read-value.js';
import type { RoutingFacts, RoutingStatement, Value } from './routing-facts.js';

const ECMASCRIPT =
  /[Rr]out(?:e|er|ing)\b|\bexpress\b|fastify|[Hh]ono\b|@nestjs\/|@Controller\b|\.(?:get|post|put|patch|delete|all|use|register|route)\(\s*["'`[]|\b[A-Z_]*(?:PATH|ROUTE|PREFIX|ENDPOINT|API)[A-Z_]*\b/;
const HINTS: Readonly<Partial<Record<SourceLanguage, RegExp>>> = {
  typescript: ECMASCRIPT,
  tsx: ECMASCRIPT,
  javascript: ECMASCRIPT,
  python:
    /\b(?:flask|fastapi|django|rest_framework|Blueprint|APIRouter|urlpatterns|ROOT_URLCONF|add_url_rule)\b|@\w+\.(?:route|get|post|put|patch|delete)\(/,
  java: /Mapping\b|RouterFunction|Controller\b|static final String|@(?:Path|GET|POST|PUT|DELETE)\b/,
  csharp:
    /\bMap(?:Get|Post|Put|Patch|Delete|Methods|Group|Controller\w*|DefaultControllerRoute)\b|Controller\b|\[Http|\[Route|const string|IEndpointRouteBuilder|RouteGroupBuilder/,
};

const STEPS: Readonly<Record<'ecmascript' | 'python' | 'java' | 'csharp', string[]>> = {
  ecmascript: [
    'variable_declarator',
    'assignment_expression',
    'expression_statement',
    'return_statement',
    'export_statement',
    'public_field_definition',
    'field_definition',
    'arrow_function',
  ],
  python: [
    'assignment',
    'augmented_assignment',
    'expression_statement',
    'return_statement',
    'decorated_definition',
  ],
  java: ['variable_declarator', 'return_statement'],
  csharp: [
    'variable_declarator',
    'assignment_expression',
    'expression_statement',
    'return_statement',
    'arrow_expression_clause',
  ],
};
const MAX_STATEMENTS = 3_000;

/** What a file says about routes, or null when nothing in its text hints at any. */
export function readRouting(
  root: Node,
  text: string,
  language: SourceLanguage,
  symbols: FileFacts['symbols'],
): RoutingFacts | null {
  if (HINTS[language]?.test(text) !== true) return null;
  const reader = new RoutingReader(language);
  const family = reader.family;
  for (const node of root.descendantsOfType(STEPS[family])) {
    if (reader.facts.statements.length >= MAX_STATEMENTS) break;
    reader.step(node);
  }
  reader.facts.annotations = readAnnotations(root, family, symbols, (one) =>
    reader.functionOf(one),
  );
  const { statements, annotations, functions } = reader.facts;
  return statements.length + annotations.length + functions.length === 0 ? null : reader.facts;
}

class RoutingReader {
  readonly facts: RoutingFacts = { functions: [], statements: [], annotations: [] };
  readonly family: keyof typeof STEPS;
  private readonly indexes = new Map<number, number>();

  constructor(language: SourceLanguage) {
    this.family =
      language === 'python' || language === 'java' || language === 'csharp'
        ? language
        : 'ecmascript';
  }

  step(node: Node): void {
    switch (node.type) {
      case 'variable_declarator':
        return this.assign(node, node.childForFieldName('name'), valueOf(node));
      case 'public_field_definition':
      case 'field_definition': {
        const name = node.childForFieldName('name') ?? node.childForFieldName('property');
        return this.keep(node, name && `this.${name.text}`, this.read(valueOf(node)));
      }
      case 'assignment_expression':
      case 'assignment':
        return this.assign(node, node.childForFieldName('left'), node.childForFieldName('right'));
      case 'augmented_assignment': {
        const target = node.childForFieldName('left')?.text ?? null;
        return this.keep(node, target, this.read(node.childForFieldName('right')), true);
      }
      case 'return_statement':
      case 'arrow_expression_clause':
        return this.keep(node, 'return', this.read(node.namedChild(0)));
      case 'arrow_function': {
        const body = node.childForFieldName('body');
        if (body && body.type !== 'statement_block') this.keep(body, 'return', this.read(body));
        return;
      }
      case 'export_statement': {
        const value = node.childForFieldName('value');
        return value ? this.keep(node, 'default', this.read(value)) : undefined;
      }
      case 'decorated_definition':
        return this.decorated(node);
      default: {
        const value = this.read(node.namedChild(0));
        if (value.kind === 'call') this.keep(node, null, value);
      }
    }
  }

  private assign(node: Node, target: Node | null, value: Node | null): void {
    if (!target || !value) return;
    if (target.type === 'object_pattern') {
      const held = this.read(value);
      for (const part of target.namedChildren) {
        const key = part.childForFieldName('key')?.text ?? part.text;
        const local = part.childForFieldName('value')?.text ?? part.text;
        if (/^\w+$/.test(key) && /^\w+$/.test(local))
          this.keep(node, local, { kind: 'member', on: held, name: key });
      }
      return;
    }
    const name = target.text.replace(/^module\.exports$/, 'default').replace(/^module\./, '');
    if (!/^[\w$.]{1,100}$/.test(name)) return;
    this.keep(node, name, this.read(value));
  }

  /** `@app.route('/x') def f` is the call `app.route('/x')` that decorates `f`. */
  private decorated(node: Node): void {
    const definition = node.childForFieldName('definition');
    const name = definition?.childForFieldName('name')?.text ?? null;
    for (const one of node.namedChildren) {
      if (one.type !== 'decorator') continue;
      const value = this.read(one.namedChild(0));
      if (value.kind === 'call') this.keep(one, null, value, false, name);
    }
  }

  private keep(
    node: Node,
    target: string | null,
    value: Value,
    adds = false,
    decorates: string | null = null,
  ): void {
    if (value.kind === 'unknown') return;
    // An assignment that holds another one yields both, innermost last; an expression only once.
    const statement: RoutingStatement = {
      scope: this.scopeOf(node),
      target,
      adds,
      value,
      line: node.startPosition.row + 1,
      decorates,
    };
    this.facts.statements.push(statement);
  }

  read(node: Node | null): Value {
    return readValue(node, (one) => this.functionOf(one));
  }

  private scopeOf(node: Node): number | null {
    for (let one = node.parent; one; one = one.parent) {
      if (FUNCTIONS.has(one.type)) return this.functionOf(one);
    }
    return null;
  }

  functionOf(node: Node): number {
    const known = this.indexes.get(node.id);
    if (known !== undefined) return known;
    const index = this.facts.functions.length;
    this.indexes.set(node.id, index);
    this.facts.functions.push({
      name: functionName(node),
      owner: ownerOf(node),
      parameters: parameterNames(node),
      parent: null,
      line: node.startPosition.row + 1,
      isExtension: /^\(\s*this\s/.test(node.childForFieldName('parameters')?.text ?? ''),
    });
    const own = this.facts.functions[index];
    if (own) own.parent = this.scopeOf(node);
    return index;
  }
}
