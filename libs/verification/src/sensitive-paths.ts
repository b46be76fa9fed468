/** Kinds of files whose change always needs a person. */
export const SENSITIVE_KINDS = ['migration', 'dependency', 'licence', 'ci'] as const;
export type SensitiveKind = (typeof SENSITIVE_KINDS)[number];

const PATTERNS: Readonly<Record<SensitiveKind, readonly RegExp[]>> = {
  migration: [
    /(^|\/)migrations?\//i,
    /(^|\/)db\/migrate\//i,
    /(^|\/)alembic\/versions\//i,
    /(^|\/)(liquibase|changelog)\/.*\.(xml|ya?ml|sql|json)$/i,
    /(^|\/)[VUR]\d*(\.\d+)*__[^/]+\.sql$/,
  ],
  dependency: [
    /(^|\/)(package(-lock)?|npm-shrinkwrap|composer|bower|deno)\.(json|lock)$/i,
    /(^|\/)(yarn|pnpm-lock|bun|poetry|uv|pdm|Pipfile|Cargo|Gemfile|mix|pubspec|packages)(\.lock|\.lockb|\.lock\.json|\.yaml)$/i,
    /(^|\/)(pyproject\.toml|setup\.(py|cfg)|Pipfile|environment\.ya?ml)$/i,
    /(^|\/)(requirements|constraints)[^/]*\.(txt|in)$/i,
    /(^|\/)(pom\.xml|build\.gradle(\.kts)?|settings\.gradle(\.kts)?|gradle\.lockfile|libs\.versions\.toml)$/i,
    /(^|\/)(go\.(mod|sum)|Cargo\.toml|Gemfile|composer\.json|Directory\.Packages\.props|packages\.config)$/i,
    /\.(csproj|fsproj|vbproj)$/i,
    /(^|\/)\.npmrc$/i,
  ],
  licence: [/(^|\/)(licen[cs]es?|copying|notice|unlicense)([.-][^/]*)?$/i, /^LICENSES\//],
  ci: [
    /^\.github\/(workflows|actions)\//i,
    /(^|\/)action\.ya?ml$/i,
    /(^|\/)\.gitlab-ci\.ya?ml$/i,
    /^\.(circleci|buildkite|gitlab|woodpecker|drone)\//i,
    /(^|\/)(Jenkinsfile|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.ya?ml|\.drone\.ya?ml|appveyor\.ya?ml|cloudbuild\.ya?ml)$/i,
  ],
};

/** The kind of a repository path that always needs a person, or undefined for ordinary files. */
export function sensitiveKind(path: string): SensitiveKind | undefined {
  return SENSITIVE_KINDS.find((kind) => PATTERNS[kind].some((pattern) => pattern.test(path)));
}
