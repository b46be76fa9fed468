const MIGRATION =
  /(^|\/)(migrations?|alembic|flyway|liquibase)\/|(^|\/)V\d+__[^/]*\.sql$|\.migration\.[jt]s$/i;
const CI =
  /^\.github\/|^\.gitlab-ci\.yml$|^\.gitlab\/ci\/|(^|\/)Jenkinsfile[^/]*$|^\.circleci\/|^azure-pipelines[^/]*\.ya?ml$|^\.travis\.yml$|^bitbucket-pipelines\.yml$|^\.ci\//;
const DEPENDENCIES =
  /(^|\/)(package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|requirements[\w.-]*\.txt|Pipfile(\.lock)?|pyproject\.toml|poetry\.lock|uv\.lock|setup\.(py|cfg)|pom\.xml|build\.gradle(\.kts)?|gradle\.lockfile|[\w.-]+\.csproj|packages\.config|packages\.lock\.json|Directory\.Packages\.props|go\.(mod|sum)|Gemfile(\.lock)?|Cargo\.(toml|lock)|composer\.(json|lock))$/;

/** Changes that are put to a person whatever the policy says, each with the reason in words. */
export function alwaysAsk(
  paths: readonly string[],
  options: { migrations: boolean },
): { ask: boolean; reasons: string[] } {
  const reasons: string[] = [];
  const add = (pattern: RegExp, say: string): void => {
    const hits = paths.filter((path) => pattern.test(path));
    if (hits.length > 0) reasons.push(`${say}: ${shortList(hits)}`);
  };
  if (options.migrations) add(MIGRATION, 'Changes a database migration');
  add(CI, 'Changes continuous integration');
  add(DEPENDENCIES, 'Changes a dependency manifest or lock file');
  return { ask: reasons.length > 0, reasons };
}

export function isMigrationPath(path: string): boolean {
  return MIGRATION.test(path);
}

export function shortList(items: readonly string[], max = 3): string {
  const shown = items.slice(0, max).join(', ');
  return items.length > max ? `${shown} and ${items.length - max} more` : shown;
}
