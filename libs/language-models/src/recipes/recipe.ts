/** A JSON value, as `set` writes it. */
export type JsonValue =
  string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A recipe that changes files. Paths are repository paths with forward slashes. */
export type ChangeRecipe =
  | {
      kind: 'rename';
      symbol: string;
      newName: string;
      path?: string;
      /** Strings that may or may not mean the symbol stay as they are. */
      keepStrings?: boolean;
      line: string;
    }
  | { kind: 'replace'; search: string; replacement: string; target: string; line: string }
  | { kind: 'set'; key: string[]; value: JsonValue; path: string; line: string }
  | { kind: 'bump'; package: string; version: string; line: string }
  | { kind: 'create_file'; path: string; content: string; line: string }
  | { kind: 'append'; path: string; content: string; line: string }
  | { kind: 'delete_file'; path: string; line: string }
  | { kind: 'move_file'; path: string; to: string; line: string }
  | { kind: 'remove_unused_export'; symbol: string; path?: string; line: string };

/** A recipe that asks and changes nothing. */
export type QueryRecipe =
  | { kind: 'who_calls'; symbol: string; line: string }
  | { kind: 'what_depends_on'; path: string; line: string }
  | { kind: 'explain'; path: string; line: string }
  | { kind: 'what_is_project'; line: string }
  | { kind: 'show_dependencies'; path: string; line: string }
  | { kind: 'show_architecture'; line: string };

/**
 * One line of the recipe grammar, parsed.
 * `line` is its normalised source: parsing it again gives an equal recipe, so it can be stored as a task.
 */
export type Recipe = ChangeRecipe | QueryRecipe;

const QUERIES: ReadonlySet<Recipe['kind']> = new Set<QueryRecipe['kind']>([
  'who_calls',
  'what_depends_on',
  'explain',
  'what_is_project',
  'show_dependencies',
  'show_architecture',
]);

/** True when the recipe only asks. */
export function isQueryRecipe(recipe: Recipe): recipe is QueryRecipe {
  return QUERIES.has(recipe.kind);
}

/** True when the recipe changes files. */
export function isChangeRecipe(recipe: Recipe): recipe is ChangeRecipe {
  return !isQueryRecipe(recipe);
}
