import type { CommitMeta, Intent, Risk } from '@hil/contracts';
import { parseRecipes } from './parse-recipes.js';
import { isChangeRecipe, type ChangeRecipe, type Recipe } from './recipe.js';

/** Paths and symbols that a recipe names. */
function targetsOf(recipe: Recipe): string[] {
  switch (recipe.kind) {
    case 'rename':
    case 'remove_unused_export':
      return recipe.path === undefined ? [recipe.symbol] : [recipe.path, recipe.symbol];
    case 'replace':
      return [recipe.target];
    case 'bump':
      return [recipe.package];
    case 'move_file':
      return [recipe.path, recipe.to];
    case 'who_calls':
      return [recipe.symbol];
    case 'what_is_project':
    case 'show_architecture':
      return [];
    default:
      return [recipe.path];
  }
}

const RISK: Record<ChangeRecipe['kind'], Risk> = {
  rename: 'medium',
  replace: 'medium',
  set: 'medium',
  bump: 'medium',
  create_file: 'low',
  append: 'low',
  delete_file: 'high',
  move_file: 'medium',
  remove_unused_export: 'low',
};
const RISK_ORDER: readonly Risk[] = ['low', 'medium', 'high'];

function riskOf(recipes: readonly Recipe[]): Risk {
  const levels = recipes
    .filter(isChangeRecipe)
    .map((recipe) => RISK_ORDER.indexOf(RISK[recipe.kind]));
  return RISK_ORDER[Math.max(0, ...levels)] ?? 'low';
}

function categoryOf(recipes: readonly Recipe[]): Intent['category'] {
  if (recipes.some(isChangeRecipe)) return 'code_change';
  const first = recipes[0]?.kind;
  const drawn = first === 'show_dependencies' || first === 'show_architecture';
  return drawn ? 'diagram_request' : 'informational_query';
}

const firstLine = (recipe: Recipe): string => recipe.line.split('\n')[0]?.replace(/:$/, '') ?? '';

/**
 * The intent of a message by the recipe grammar alone. A message without any recipe is an
 * `informational_query` whose answer is the list of what can be done.
 */
export function recipeIntent(message: string): Intent {
  const { recipes } = parseRecipes(message);
  const category = categoryOf(recipes);
  const lines = recipes.map(firstLine);
  return {
    category,
    intent: recipes[0]?.kind ?? 'unrecognised',
    description: recipes.length === 0 ? message.trim().slice(0, 2_000) : lines.join('; '),
    risk: riskOf(recipes),
    tests_required: [],
    human_approval: category === 'code_change',
    constraints: [],
    target_modules: [...new Set(recipes.flatMap(targetsOf))],
  };
}

const TEST_PATH =
  /(?:^|\/)(?:tests?|__tests__)\/|\.(?:spec|test)\.|(?:^|\/)test_[^/]*$|_test\.[^/]*$/;
const DOC_PATH = /\.(?:md|mdx|rst|adoc|txt)$|^docs\//i;
const CI_PATH = /^\.github\/|^\.gitlab-ci|^\.circleci\//;

function commitType(recipe: ChangeRecipe): CommitMeta['type'] {
  const path =
    'path' in recipe ? recipe.path : recipe.kind === 'replace' ? recipe.target : undefined;
  if (recipe.kind === 'rename' || recipe.kind === 'remove_unused_export') return 'refactor';
  if (path !== undefined && CI_PATH.test(path)) return 'ci';
  if (path !== undefined && DOC_PATH.test(path)) return 'docs';
  if (path !== undefined && TEST_PATH.test(path)) return 'test';
  if (recipe.kind === 'create_file') return 'feat';
  return recipe.kind === 'move_file' || recipe.kind === 'delete_file' ? 'refactor' : 'chore';
}

const CONTAINERS = new Set([
  'src',
  'lib',
  'libs',
  'app',
  'apps',
  'packages',
  'main',
  'java',
  'python',
]);

/** The first folder of a path that says something: `libs/graph/src/a.ts` is `graph`. */
function scopeOf(path: string): string {
  const folders = path.split('/').slice(0, -1);
  const scope = folders.find((folder) => !CONTAINERS.has(folder) && /^[\w.-]+$/.test(folder)) ?? '';
  return scope.replace(/^\.+/, '').slice(0, 64).toLowerCase();
}

function subjectOf(recipe: ChangeRecipe): string {
  const base = (path: string): string => path.split('/').at(-1) ?? path;
  switch (recipe.kind) {
    case 'rename':
      return `rename ${recipe.symbol} to ${recipe.newName}`;
    case 'replace':
      return `replace text in ${recipe.target}`;
    case 'set':
      return `set ${recipe.key.join('.')} in ${base(recipe.path)}`;
    case 'bump':
      return `bump ${recipe.package} to ${recipe.version}`;
    case 'create_file':
      return `add ${base(recipe.path)}`;
    case 'append':
      return `extend ${base(recipe.path)}`;
    case 'delete_file':
      return `delete ${base(recipe.path)}`;
    case 'move_file':
      return `move ${base(recipe.path)} to ${recipe.to}`;
    case 'remove_unused_export':
      return `remove unused export ${recipe.symbol}`;
  }
}

/**
 * The Conventional Commit of a plan of recipes: type and scope that all share (otherwise `chore` and
 * none), and the subject of the first with the number of the others. For one task, pass its recipe alone.
 */
export function recipeCommit(recipes: readonly Recipe[]): CommitMeta {
  const changes = recipes.filter(isChangeRecipe);
  const first = changes[0];
  if (first === undefined) return { type: 'chore', scope: '', subject: 'change nothing' };
  const types = new Set(changes.map(commitType));
  const scopes = new Set(
    changes.map((recipe) =>
      'path' in recipe && recipe.path !== undefined
        ? scopeOf(recipe.path)
        : recipe.kind === 'bump'
          ? 'deps'
          : '',
    ),
  );
  const others = changes.length === 1 ? '' : ` and ${changes.length - 1} more`;
  const subject = subjectOf(first).replace(/\s+/g, ' ').slice(0, 180);
  return {
    type: types.size === 1 ? commitType(first) : 'chore',
    scope: scopes.size === 1 ? ([...scopes][0] ?? '') : '',
    subject: `${subject}${others}`,
  };
}
