/** npm packages that tell a framework. */
const NPM: Readonly<Record<string, string>> = {
  '@nestjs/core': 'nestjs',
  express: 'express',
  fastify: 'fastify',
  hono: 'hono',
  koa: 'koa',
  next: 'nextjs',
  nuxt: 'nuxt',
  react: 'react',
  'react-native': 'react-native',
  vue: 'vue',
  '@angular/core': 'angular',
  svelte: 'svelte',
  '@remix-run/react': 'remix',
  astro: 'astro',
  electron: 'electron',
  '@apollo/server': 'apollo',
  '@trpc/server': 'trpc',
  typeorm: 'typeorm',
  '@prisma/client': 'prisma',
  prisma: 'prisma',
  sequelize: 'sequelize',
  mongoose: 'mongoose',
  'drizzle-orm': 'drizzle',
  '@mikro-orm/core': 'mikro-orm',
  jest: 'jest',
  vitest: 'vitest',
  mocha: 'mocha',
  '@playwright/test': 'playwright',
  cypress: 'cypress',
};

/** Text of other manifests that tells a framework, by the kind of manifest. */
const BY_TEXT: readonly (readonly [RegExp, readonly (readonly [RegExp, string])[]])[] = [
  [
    /(^|\/)(pyproject\.toml|setup\.(py|cfg)|requirements[\w.-]*\.txt|Pipfile)$/,
    [
      [/\bfastapi\b/i, 'fastapi'],
      [/\bflask\b/i, 'flask'],
      [/\bdjango\b/i, 'django'],
      [/\bdjangorestframework\b/i, 'djangorestframework'],
      [/\bstarlette\b/i, 'starlette'],
      [/\bsqlalchemy\b/i, 'sqlalchemy'],
      [/\bcelery\b/i, 'celery'],
      [/\bpytest\b/i, 'pytest'],
    ],
  ],
  [
    /(^|\/)(pom\.xml|build\.gradle(\.kts)?)$/,
    [
      [/spring-boot|org\.springframework/i, 'spring'],
      [/\bquarkus\b/i, 'quarkus'],
      [/\bmicronaut\b/i, 'micronaut'],
      [/hibernate|spring-boot-starter-data-jpa|(?:jakarta|javax)\.persistence/i, 'jpa'],
      [/\bjunit\b/i, 'junit'],
      [/\btestng\b/i, 'testng'],
    ],
  ],
  [
    /\.csproj$/,
    [
      [/Microsoft\.NET\.Sdk\.Web|Microsoft\.AspNetCore/, 'aspnetcore'],
      [/Microsoft\.EntityFrameworkCore/, 'efcore'],
      [/\bxunit\b/i, 'xunit'],
      [/\bNUnit\b/, 'nunit'],
      [/MSTest/, 'mstest'],
    ],
  ],
  [
    /(^|\/)Gemfile$/,
    [
      [/['"]rails['"]/, 'rails'],
      [/['"]sinatra['"]/, 'sinatra'],
    ],
  ],
  [
    /(^|\/)go\.mod$/,
    [
      [/gin-gonic\/gin/, 'gin'],
      [/labstack\/echo/, 'echo'],
      [/gofiber\/fiber/, 'fiber'],
      [/go-chi\/chi/, 'chi'],
    ],
  ],
  [
    /(^|\/)Cargo\.toml$/,
    [
      [/^\s*actix-web\b/m, 'actix'],
      [/^\s*axum\b/m, 'axum'],
      [/^\s*rocket\b/m, 'rocket'],
      [/^\s*tokio\b/m, 'tokio'],
    ],
  ],
  [
    /(^|\/)composer\.json$/,
    [
      [/laravel\/framework/, 'laravel'],
      [/symfony\/framework-bundle/, 'symfony'],
    ],
  ],
];

/** Frameworks by the npm packages a manifest depends on. */
export function npmFrameworks(dependencies: Iterable<string>): string[] {
  return [...dependencies].flatMap((one) => NPM[one] ?? []);
}

/** Frameworks that a manifest of another ecosystem names. */
export function textFrameworks(path: string, text: string): string[] {
  const rules = BY_TEXT.find(([pattern]) => pattern.test(path))?.[1] ?? [];
  return rules.filter(([pattern]) => pattern.test(text)).map(([, name]) => name);
}
