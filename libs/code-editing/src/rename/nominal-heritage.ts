import { withoutArguments } from './nominal-positions.js';

/** Comments and texts, in which words mean nothing. */
const NO_CODE =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"""[\s\S]*?"""|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'/g;
const HEAD =
  /\b(?:class|interface|record|struct|enum)\s+(?:class\s+|struct\s+)?([\p{L}_][\p{L}\p{N}_]*)([^{;]*)/gu;

/**
 * Which types extend or implement which, by simple name over a whole project. Two types of one name count as one, so
 * the answer may be too wide and is for refusals only.
 */
export class Heritage {
  private readonly bases = new Map<string, Set<string>>();

  /** Takes the heads of the declarations of a file in. */
  add(text: string): void {
    for (const [, name = '', head = ''] of text.replace(NO_CODE, ' ').matchAll(HEAD)) {
      const bases = this.bases.get(name) ?? new Set();
      for (const base of basesOf(head)) bases.add(base);
      this.bases.set(name, bases);
    }
  }

  /** The bases that a type names itself. */
  basesOf(name: string): ReadonlySet<string> {
    return this.bases.get(name) ?? new Set();
  }

  isDeclared(name: string): boolean {
    return this.bases.has(name);
  }

  /** The types with the name and those that extend or implement them, at any distance. */
  descendants(name: string): Set<string> {
    const found = new Set([name]);
    for (let size = 0; size !== found.size;) {
      size = found.size;
      for (const [type, bases] of this.bases)
        if ([...bases].some((base) => found.has(base))) found.add(type);
    }
    return found;
  }

  /** The descendants and everything that one of them extends or implements: one object may have the methods of all. */
  family(name: string): Set<string> {
    const found = this.descendants(name);
    for (const type of found) for (const base of this.basesOf(type)) found.add(base);
    return found;
  }
}

/** The simple names after `extends`, `implements` or the colon of a head. */
function basesOf(head: string): string[] {
  const plain = withoutArguments(head)
    .replace(/\([^()]*(?:\([^()]*\)[^()]*)*\)/g, ' ')
    .replace(/\b(?:where|permits)\b[\s\S]*/, '');
  const list = /(?:\bextends\b|\bimplements\b|(?<!:):(?!:))([\s\S]*)/.exec(plain)?.[1] ?? '';
  return list
    .split(/,|\bextends\b|\bimplements\b/)
    .flatMap((entry) => /([\p{L}_][\p{L}\p{N}_]*)\s*$/u.exec(entry)?.[1] ?? []);
}
