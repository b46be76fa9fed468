import type { SourceUnit } from '../resolve/source-unit.js';
import type { FoundEndpoint } from './found-endpoint.js';
import { joinRoute } from './route-path.js';

const VERBS = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/;
const APP_FILE = /^(?:(.*?)\/)?(?:src\/)?app\/(?:(.*)\/)?(route|page)\.[cm]?[jt]sx?$/;
const PAGES_FILE = /^(?:(.*?)\/)?(?:src\/)?pages\/(.*)\.[cm]?[jt]sx?$/;

/**
 * Next.js route files: `app/.../route.ts` by its exported verbs, `page.tsx` as GET, and the older `pages`
 * folder. `roots` are the folders of packages that depend on next, with their base paths.
 */
export function nextEndpoints(
  units: readonly SourceUnit[],
  roots: ReadonlyMap<string, string>,
): FoundEndpoint[] {
  return units.flatMap((unit) => {
    const app = APP_FILE.exec(unit.path);
    if (app && roots.has(app[1] ?? ''))
      return appRoute(unit, app[2] ?? '', app[3] === 'page', roots.get(app[1] ?? '') ?? '');
    const pages = PAGES_FILE.exec(unit.path);
    return pages && roots.has(pages[1] ?? '')
      ? pageRoute(unit, pages[2] ?? '', roots.get(pages[1] ?? '') ?? '')
      : [];
  });
}

function appRoute(
  unit: SourceUnit,
  folders: string,
  isPage: boolean,
  basePath: string,
): FoundEndpoint[] {
  const parts = folders.split('/').filter((one) => one !== '');
  // `_private` folders are not routed; `(.)` intercepts a route that exists elsewhere.
  if (parts.some((one) => one.startsWith('_') || /^\(\.+\)/.test(one))) return [];
  const path = joinRoute(
    basePath,
    ...parts.filter((one) => !/^\(.*\)$/.test(one) && !one.startsWith('@')),
  );
  if (isPage) return unit.exports.has('default') ? [endpoint(unit, 'GET', path, 'default')] : [];
  return [...unit.exports.keys()]
    .filter((one) => VERBS.test(one))
    .map((verb) => endpoint(unit, verb, path, verb));
}

function pageRoute(unit: SourceUnit, file: string, basePath: string): FoundEndpoint[] {
  if (/^_(?:app|document|error)$/.test(file) || !unit.exports.has('default')) return [];
  const path = joinRoute(basePath, file.replace(/(?:^|\/)index$/, ''));
  return [endpoint(unit, file.startsWith('api/') ? 'ALL' : 'GET', path, 'default')];
}

function endpoint(unit: SourceUnit, method: string, path: string, exported: string): FoundEndpoint {
  const local = unit.exports.get(exported)?.local ?? null;
  const index = local === null ? undefined : unit.members.get(-1)?.get(local);
  return {
    method,
    path,
    file: unit.path,
    line: (index === undefined ? undefined : unit.facts.symbols[index]?.startLine) ?? 1,
    handler: index === undefined ? null : { path: unit.path, index },
    auth: null,
    framework: 'nextjs',
    doubt: null,
  };
}
