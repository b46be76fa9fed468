import type { Config } from '@hil/config';
import { VERSION } from '@hil/runtime';
import { selectSandbox } from '@hil/sandbox';

/** What is on, what is off and why, and where to go: printed once when the server is ready. */
export async function banner(config: Config, url: string, readyMs: number): Promise<string> {
  const rows: [string, string][] = [
    ['address', `${url.replace(/^http/, 'ws')}/ws/chat`],
    ['health', `${url}/health    queues ${url}/admin/queues`],
    [
      'storage',
      config.database.url === undefined
        ? `embedded Postgres in ${config.dataDir}`
        : 'the database of DATABASE_URL',
    ],
    ['queue', config.queue.redisUrl === undefined ? 'in Postgres' : 'Redis'],
    ['sandbox', await sandboxLine(config)],
    ['model', modelLine(config)],
    ['forge', forgeLine(config)],
    [
      'access',
      config.auth.mode === 'none'
        ? 'no login, from this machine alone'
        : `login: ${config.auth.mode}`,
    ],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(8)} ${value}`);
  return [
    `hil ${VERSION} is ready, ${(readyMs / 1000).toFixed(1)} s after the start of the server`,
    ...lines,
    '  Ctrl-C stops everything.',
    '',
  ].join('\n');
}

async function sandboxLine(config: Config): Promise<string> {
  const { driver, tried } = await selectSandbox({
    ...config.sandbox,
    mode: config.sandbox.driver,
  });
  const reasons = tried
    .flatMap(({ name, reason }) => (reason === undefined ? [] : [`${name}: ${reason}`]))
    .join('; ');
  if (driver === null) return `off: runs ask before tests run unsandboxed (${reasons})`;
  return reasons === '' ? driver.name : `${driver.name} (${reasons})`;
}

function modelLine(config: Config): string {
  if (config.model.name === undefined)
    return 'off: LLM_MODEL is not set, so the recipes planner works';
  const others = Object.entries(config.model.roles).flatMap(([role, name]) =>
    name === undefined ? [] : [`${role} ${name}`],
  );
  const fallback = config.model.fallback === undefined ? [] : [`else ${config.model.fallback}`];
  return [config.model.name, ...others, ...fallback].join(', ');
}

function forgeLine({ github, gitlab, pullRequests }: Config): string {
  const known = [
    ...(github.token === undefined ? [] : [`GitHub ${github.host} by token`]),
    ...(github.token === undefined && github.appId !== undefined
      ? [`GitHub ${github.host} as App ${github.appId}`]
      : []),
    ...(gitlab.token === undefined ? [] : [`GitLab ${gitlab.url} by token`]),
  ];
  if (known.length === 0) {
    return 'off: neither GITHUB_TOKEN, GITHUB_APP_ID nor GITLAB_TOKEN is set; runs deliver patches, and branches where a remote takes them';
  }
  return `${known.join(', ')}; pull requests are opened ${pullRequests.draft ? 'as drafts' : 'for review'}`;
}
