import type { FileFacts } from '../extract/file-facts.js';
import { isTestPath } from '../discover/test-files.js';

const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/controllers?\b/i, 'controller'],
  [
    /(?:^|[/._-])(?:views?|handlers?|routes?|routers?)(?:[/._-]|$)|(?:Handler|Router|Routes)\./,
    'handler',
  ],
  [/services?\b/i, 'service'],
  [/(?:^|[/._-])(?:entit(?:y|ies)|models?)(?:[/._-]|$)|Entity\./, 'entity'],
  [/(?:^|[/._-])(?:repositor(?:y|ies)|dao)(?:[/._-]|$)|(?:Repository|Dao)\./, 'repository'],
  [/(?:^|[/._-])(?:utils?|helpers?|common|shared)(?:[/._-]|$)|Utils?\./, 'util'],
  [/(?:^|[/._-])migrations?(?:[/._-]|$)/, 'migration'],
  [/(?:^|[/._-])(?:config|settings)(?:[/._-]|$)/, 'config'],
  [/(?:^|[/._-])(?:middlewares?|guards?|interceptors?)(?:[/._-]|$)/, 'middleware'],
  [/(?:^|[/._-])(?:dto|schemas?|types?|interfaces?)(?:[/._-]|$)|\.d\.ts$/, 'types'],
];

const BY_DECORATOR: readonly (readonly [RegExp, string])[] = [
  [/^[@[](?:Controller|RestController|ApiController)\b/, 'controller'],
  [/^@(?:Injectable|Service)\b/, 'service'],
  [/^@(?:Entity|Table)\b/, 'entity'],
  [/^@(?:Component)\b/, 'component'],
  [/^@Repository\b/, 'repository'],
];

/** What a file is for, by decorators, content, name and folder; `module` when nothing tells. */
export function kindsOf(path: string, facts: FileFacts): string[] {
  if (isTestPath(path)) return ['test'];
  const kinds = new Set<string>();
  for (const symbol of facts.symbols) {
    if (symbol.kind === 'component') kinds.add('component');
    for (const decorator of symbol.decorators) {
      for (const [pattern, kind] of BY_DECORATOR) if (pattern.test(decorator)) kinds.add(kind);
    }
  }
  for (const [pattern, kind] of BY_NAME) if (pattern.test(path)) kinds.add(kind);
  if (kinds.size === 0) kinds.add('module');
  return [...kinds].sort();
}

const FRAMEWORK_IMPORTS: readonly (readonly [RegExp, string])[] = [
  [/^@nestjs\//, 'nestjs'],
  [/^express$/, 'express'],
  [/^fastify$/, 'fastify'],
  [/^hono(\/|$)/, 'hono'],
  [/^next(\/|$)/, 'nextjs'],
  [/^react(-dom)?(\/|$)/, 'react'],
  [/^@angular\//, 'angular'],
  [/^vue$/, 'vue'],
  [/^flask(\.|$)/, 'flask'],
  [/^fastapi(\.|$)/, 'fastapi'],
  [/^django(\.|$)/, 'django'],
  [/^org\.springframework\./, 'spring'],
  [/^Microsoft\.AspNetCore(\.|$)/, 'aspnetcore'],
];

/** The framework whose package a file imports, or null. */
export function frameworkOf(facts: FileFacts): string | null {
  for (const [pattern, name] of FRAMEWORK_IMPORTS) {
    if (facts.imports.some(({ raw }) => pattern.test(raw))) return name;
  }
  return null;
}
