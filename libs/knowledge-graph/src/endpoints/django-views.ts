import type { Value } from '../extract/routing/routing-facts.js';
import type { SymbolRef } from '../resolve/source-unit.js';
import { shownAs } from './auth.js';
import { annotationsOn, lineage } from './annotations/annotated.js';
import { viewClass } from './calls/view-class.js';
import type { Interpreter } from './interpret/interpreter.js';
import { textsOf } from './interpret/texts.js';
import type { Env } from './interpret/things.js';

const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

/** What Django's and REST framework's own view classes answer. */
const GENERIC: readonly (readonly [RegExp, string[]])[] = [
  [
    /^(?:ListView|DetailView|TemplateView|ArchiveIndexView|(?:Year|Month|Week|Day|Today)ArchiveView|DateDetailView)$/,
    ['GET'],
  ],
  [/^(?:RedirectView)$/, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']],
  [
    /^(?:CreateView|UpdateView|FormView|LoginView|PasswordChangeView|PasswordResetView|PasswordResetConfirmView)$/,
    ['GET', 'POST', 'PUT'],
  ],
  [/^(?:DeleteView)$/, ['GET', 'POST', 'DELETE']],
  [/^(?:LogoutView)$/, ['POST']],
  [/^ListCreateAPIView$/, ['GET', 'POST']],
  [/^(?:List|Retrieve)APIView$/, ['GET']],
  [/^CreateAPIView$/, ['POST']],
  [/^UpdateAPIView$/, ['PUT', 'PATCH']],
  [/^DestroyAPIView$/, ['DELETE']],
  [/^RetrieveUpdateAPIView$/, ['GET', 'PUT', 'PATCH']],
  [/^RetrieveDestroyAPIView$/, ['GET', 'DELETE']],
  [/^RetrieveUpdateDestroyAPIView$/, ['GET', 'PUT', 'PATCH', 'DELETE']],
];

/** The methods a view answers: `ALL` for a function that does not say. */
export function djangoMethods(
  view: Value,
  handler: SymbolRef | null,
  env: Env,
  run: Interpreter,
): string[] {
  const mapped =
    view.kind === 'call' && view.name === 'as_view'
      ? view.args.find((one) => one.kind === 'record')
      : undefined;
  if (mapped?.kind === 'record') return mapped.entries.map(({ key }) => key.toUpperCase());
  if (!handler) {
    const name = viewClass(view)?.split('.').at(-1) ?? '';
    return view.kind === 'call' && view.name === 'as_view'
      ? (genericMethods(name) ?? ['ALL'])
      : ['ALL'];
  }
  const symbol = run.table.symbol(handler);
  return symbol?.kind === 'class'
    ? (classMethods(handler, run) ?? ['ALL'])
    : functionMethods(handler, env, run);
}

function classMethods(handler: SymbolRef, run: Interpreter): string[] | null {
  const found = new Set<string>();
  for (const verb of VERBS)
    if (run.table.member(handler, verb) !== null) found.add(verb.toUpperCase());
  for (const ref of lineage(run.table, handler)) {
    const unit = run.table.units.get(ref.path);
    for (const { symbol, name } of unit?.facts.heritage ?? []) {
      if (symbol !== ref.index) continue;
      for (const one of genericMethods(name.split('.').at(-1) ?? '') ?? []) found.add(one);
    }
  }
  return found.size > 0 ? [...found] : null;
}

function genericMethods(name: string): string[] | null {
  return GENERIC.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

function functionMethods(handler: SymbolRef, env: Env, run: Interpreter): string[] {
  const unit = run.table.units.get(handler.path) ?? env.unit;
  for (const { name, args } of annotationsOn(unit, handler.index)) {
    const last = name.split('.').at(-1);
    if (last === 'require_GET') return ['GET'];
    if (last === 'require_POST') return ['POST'];
    if (last === 'require_safe') return ['GET', 'HEAD'];
    if (last === 'require_http_methods') return textsOf(args[0], run.module(unit), run);
    if (last === 'api_view')
      return args[0]
        ? textsOf(args[0], run.module(unit), run).map((one) => one.toUpperCase())
        : ['GET'];
  }
  return ['ALL'];
}

/** `permission_classes = [IsAuthenticated]` of REST framework views. */
export function permissionsOf(handler: SymbolRef, run: Interpreter): string | null {
  const unit = run.table.units.get(handler.path);
  const symbol = run.table.symbol(handler);
  const statement = unit?.facts.routing?.statements.find(
    ({ target, line }) =>
      target === 'permission_classes' &&
      symbol &&
      line >= symbol.startLine &&
      line <= symbol.endLine,
  );
  const items = statement?.value.kind === 'list' ? statement.value.items : [];
  const shown = items.flatMap((one) => shownAs(one) ?? []);
  return shown.length > 0 && !shown.some((one) => one.endsWith('AllowAny'))
    ? shown.join(', ')
    : null;
}
