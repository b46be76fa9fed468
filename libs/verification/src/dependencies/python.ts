import { matches, parseJson, type PackageFile, type Packages } from './packages.js';

/** `name[extra] >=1.0 ; marker`, PEP 508 as far as name and version go. */
const REQUIREMENT = /^\s*([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*\(?([=<>!~][^;#)]*)?/;

/** Files of pip, Poetry, uv, PDM and Pipenv. None of them states licences. */
export const PYTHON: readonly PackageFile[] = [
  {
    name: /^(requirements|constraints)[^/]*\.(txt|in)$/i,
    read: (text) => requirements(text.split('\n')),
  },
  {
    name: /^pyproject\.toml$/,
    read: readProject,
    ownLicence: (text) => /^license\s*=\s*(.+)$/m.exec(text)?.[1]?.trim(),
  },
  {
    name: /^(poetry|uv|pdm)\.lock$/,
    read: (text) =>
      matches(text, /^\[\[package\]\]\nname = "([^"\n]+)"\n(?:version = "([^"\n]*)")?/gm),
    lock: 'no licences',
  },
  { name: /^Pipfile\.lock$/, read: readPipfileLock, lock: 'no licences' },
];

function requirements(lines: readonly string[]): Packages {
  const found: Packages = new Map();
  for (const line of lines) {
    const match = REQUIREMENT.exec(line);
    if (match?.[1] === undefined) continue;
    found.set(match[1].toLowerCase(), { version: match[2]?.trim() || 'any version' });
  }
  return found;
}

/** Lists of requirements (PEP 621), and Poetry's tables. */
function readProject(text: string): Packages {
  const lines = [...text.matchAll(/^[\w-]+\s*=\s*\[([^[\]]*(?:\[[^\]]*\][^[\]]*)*)\]/gm)]
    .filter(([whole]) => isRequirementList(text, whole))
    .flatMap(([, list = '']) => [...list.matchAll(/"([^"\n]+)"|'([^'\n]+)'/g)])
    .map(([, double, single]) => double ?? single ?? '');
  const found = requirements(lines);
  for (const [, table = ''] of text.matchAll(
    /^\[tool\.poetry\.(?:[\w.-]+\.)?dependencies\]\n((?:(?!\[).*(?:\n|$))*)/gm,
  )) {
    const entries = matches(
      table,
      /^["']?([A-Za-z0-9][\w.-]*)["']?\s*=\s*(?:\{[^}\n]*version\s*=\s*)?["']?([^"'{}\n]*)/gm,
    );
    for (const [name, entry] of entries)
      if (name !== 'python') found.set(name.toLowerCase(), entry);
  }
  return found;
}

/** `dependencies` anywhere, and every list of the tables that hold groups of them. */
function isRequirementList(text: string, assignment: string): boolean {
  if (assignment.startsWith('dependencies')) return true;
  const above = text.slice(0, text.indexOf(assignment));
  const table = [...above.matchAll(/^\[([^[\]]+)\]/gm)].at(-1)?.[1] ?? '';
  return /^(project\.optional-dependencies|dependency-groups)$/.test(table);
}

function readPipfileLock(text: string): Packages {
  const lock = parseJson(text);
  const found: Packages = new Map();
  for (const part of ['default', 'develop']) {
    const entries = (lock[part] ?? {}) as Record<string, { version?: string }>;
    for (const [name, { version }] of Object.entries(entries))
      found.set(name, { version: version ?? 'any version' });
  }
  return found;
}
