import type { SourceLanguage } from '../syntax/language.js';

/** A line that seems to read or write an entity; what the entity is, is checked when files are linked. */
export interface DatabaseUse {
  /** Name of the model as written: `user` for Prisma, a class elsewhere. */
  entity: string;
  via: 'prisma' | 'typeorm' | 'sqlalchemy' | 'django' | 'jpa' | 'efcore';
  line: number;
}

type Rule = readonly [DatabaseUse['via'], RegExp];

const PRISMA_CALLS =
  'findMany|findUnique|findFirst|findUniqueOrThrow|findFirstOrThrow|createManyAndReturn|createMany|create|updateMany|update|upsert|deleteMany|delete|count|aggregate|groupBy';
const ECMASCRIPT: readonly Rule[] = [
  ['prisma', new RegExp(`\\.(\\w+)\\s*\\.(?:${PRISMA_CALLS})\\(`, 'g')],
  [
    'typeorm',
    /\b(?:(?:Tree|Mongo)?Repository<|InjectRepository\(|get(?:Tree|Mongo|Custom)?Repository\(|getMongoRepository\()\s*(\w+)/g,
  ],
  [
    'typeorm',
    /\b(?:manager|entityManager|em)\.(?:find\w*|save|insert|update|delete|remove|count\w*|exists?\w*|createQueryBuilder)\(\s*([A-Z]\w*)/g,
  ],
];
const PYTHON: readonly Rule[] = [
  ['django', /\b([A-Z]\w*)\.(?:_default_manager|objects)\b/g],
  [
    'sqlalchemy',
    /\b(?:session|db)\w*(?:\.session)?\.(?:query|get|merge|scalars?)\(\s*(?:select\(\s*)?([A-Z]\w*)/g,
  ],
  ['sqlalchemy', /\b(?:select|insert|update|delete|exists)\(\s*([A-Z]\w*)\b/g],
  ['sqlalchemy', /\b([A-Z]\w*)\.query\.\w+/g],
];
const JAVA: readonly Rule[] = [
  ['jpa', /\b(?:Jpa|Crud|PagingAndSorting|ListCrud|Reactive\w*|Mongo)Repository<\s*(\w+)/g],
  [
    'jpa',
    /\b(?:entityManager|em|session)\.(?:find|getReference|get|load|createQuery)\([^;]*?\b([A-Z]\w*)\.class/g,
  ],
];
const CSHARP: readonly Rule[] = [
  ['efcore', /\bDbSet<\s*(\w+)/g],
  ['efcore', /\.Set<\s*(\w+)\s*>\(/g],
  [
    'efcore',
    /\b_?(?:\w*[cC]ontext|db|Db)\.([A-Z]\w*)\s*\.(?:\w*Async|Where|Find|First\w*|Single\w*|Add\w*|Update\w*|Remove\w*|Include|Select|Any|Count|ToList|AsNoTracking|OrderBy\w*)\b/g,
  ],
];

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  typescript: ECMASCRIPT,
  tsx: ECMASCRIPT,
  javascript: ECMASCRIPT,
  python: PYTHON,
  java: JAVA,
  csharp: CSHARP,
};
/** A cheap look before the rules are tried. */
const HINT =
  /prisma|Repository|[mM]anager|\.objects\b|_default_manager|session|select\(|\.query\b|DbSet|[cC]ontext\.|\.Set<|\b_?db\b/i;
const MAX_USES = 500;

/** Lines that read or write entities, by the idioms of the common object mappers. */
export function databaseUses(text: string, language: SourceLanguage): DatabaseUse[] {
  const rules = RULES[language] ?? [];
  if (rules.length === 0 || !HINT.test(text)) return [];
  const found: DatabaseUse[] = [];
  const lineAt = lineCounter(text);
  for (const [via, pattern] of rules) {
    for (const match of text.matchAll(pattern)) {
      if (found.length >= MAX_USES) return found;
      found.push({ entity: match[1] ?? '', via, line: lineAt(match.index) });
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

/** Line numbers of ascending or descending offsets; the newlines are counted once. */
function lineCounter(text: string): (offset: number) => number {
  let starts: number[] | null = null;
  return (offset) => {
    if (!starts) {
      starts = [0];
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1))
        starts.push(at + 1);
    }
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
