import { resolve } from 'node:path';
import { commaList } from './env-types.js';
import type { Environment } from './environment.js';
import { isLoopback, type Shape } from './rules.js';

/**
 * The whole configuration of a process, grouped by who needs it. Times are in the unit of their
 * suffix; folders are absolute; absent values are `undefined`.
 */
export type Config = ReturnType<typeof toConfig>;

/** Groups a checked environment. `host` is the address after the default of the shape. */
export function toConfig(env: Environment, context: { shape: Shape; host: string; cwd: string }) {
  const loopback = isLoopback(context.host);
  return {
    shape: context.shape,
    logLevel: env.LOG_LEVEL,
    dataDir: resolve(context.cwd, env.DATA_DIR),
    http: { port: env.PORT, host: context.host, loopback },
    health: { port: env.HEALTH_PORT },
    database: { url: env.DATABASE_URL, eventRetentionDays: env.EVENT_RETENTION_DAYS },
    queue: {
      redisUrl: env.REDIS_URL,
      prefix: env.QUEUE_PREFIX,
      concurrency: env.WORKER_CONCURRENCY,
      lockSeconds: env.QUEUE_LOCK_SECONDS,
      heartbeatSeconds: env.HEARTBEAT_SECONDS,
      leaseSeconds: env.LEASE_SECONDS,
    },
    auth: { mode: env.AUTH_MODE, apiKeys: env.API_KEYS ?? [] },
    websocket: {
      /** Origins that may connect besides the own one; `*` is any. */
      origins: env.WEBSOCKET_CORS_ORIGINS ?? [],
      maxConnectionsPerUser: env.WEBSOCKET_MAX_CONNECTIONS_PER_USER,
      messagesPerMinute: env.WEBSOCKET_MESSAGES_PER_MINUTE,
    },
    agent: {
      maxRetries: env.AGENT_MAX_RETRIES,
      timeoutSeconds: env.AGENT_TIMEOUT,
      approvalRequired: env.AGENT_APPROVAL_REQUIRED,
      approvalTtlSeconds: env.AGENT_APPROVAL_TTL,
      autoApplyLowRisk: env.AGENT_AUTO_APPLY_LOW_RISK,
      /** Model calls for one task of a plan. */
      maxTaskSteps: env.AGENT_MAX_TASK_STEPS,
      reviewDiff: env.AGENT_REVIEW_DIFF,
      maxCostUsd: env.AGENT_MAX_COST_USD,
      maxImpactedFiles: env.MAX_IMPACTED_FILES_FOR_AUTO_APPROVAL,
      approveMigrations: env.REQUIRE_HUMAN_APPROVAL_FOR_MIGRATIONS,
      codeEdits: env.CODE_EDITS_ENABLED,
      fixOnTestFailure: env.FIX_ON_TEST_FAILURE,
      maxActiveRunsPerUser: env.MAX_ACTIVE_RUNS_PER_USER,
    },
    /** What models may take before a run pauses; absent: no limit. */
    budget: {
      run: {
        costUsd: env.AGENT_MAX_COST_USD,
        tokens: env.AGENT_MAX_TOKENS,
        calls: env.AGENT_MAX_STEPS,
        minutes: env.AGENT_MAX_MINUTES,
      },
      userDay: { costUsd: env.AGENT_MAX_COST_USD_PER_DAY, tokens: env.AGENT_MAX_TOKENS_PER_DAY },
    },
    model: {
      /** As written; libs/language-models infers the provider of a bare name. None: recipes. */
      name: env.LLM_MODEL,
      roles: {
        intent: env.LLM_MODEL_INTENT,
        planner: env.LLM_MODEL_PLANNER,
        editor: env.LLM_MODEL_EDITOR,
        answers: env.LLM_MODEL_ANSWERS,
      },
      fallback: env.LLM_FALLBACK_MODEL,
      timeoutSeconds: env.LLM_TIMEOUT,
      maxRetries: env.LLM_MAX_RETRIES,
      retryWaitMs: env.LLM_RETRY_WAIT_MS,
      contextTokens: env.LLM_CONTEXT_TOKENS,
      temperature: env.LLM_TEMPERATURE,
      maxTokens: env.LLM_MAX_TOKENS,
      openai: { apiKey: env.OPENAI_API_KEY, baseUrl: env.OPENAI_BASE_URL },
      anthropic: { apiKey: env.ANTHROPIC_API_KEY, baseUrl: env.ANTHROPIC_BASE_URL },
      openrouter: { apiKey: env.OPENROUTER_API_KEY, baseUrl: env.OPENROUTER_BASE_URL },
      ollama: { baseUrl: env.OLLAMA_BASE_URL },
      google: { apiKey: env.GOOGLE_API_KEY },
      azure: {
        apiKey: env.AZURE_OPENAI_API_KEY,
        endpoint: env.AZURE_OPENAI_ENDPOINT,
        instanceName: env.AZURE_OPENAI_API_INSTANCE_NAME,
        deploymentName: env.AZURE_OPENAI_API_DEPLOYMENT_NAME,
        apiVersion: env.AZURE_OPENAI_API_VERSION,
      },
      aws: {
        region: env.AWS_REGION,
        accessKeyId: env.AWS_ACCESS_KEY_ID,
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
        sessionToken: env.AWS_SESSION_TOKEN,
      },
    },
    // NODE_EXTRA_CA_CERTS is read by Node at its start, AWS_PROFILE by the AWS SDK: not by us.
    network: { httpsProxy: env.HTTPS_PROXY, noProxy: env.NO_PROXY },
    git: { userName: env.GIT_USER_NAME, userEmail: env.GIT_USER_EMAIL },
    github: {
      host: env.GITHUB_HOST,
      apiUrl: env.GITHUB_API_URL ?? githubApiUrl(env.GITHUB_HOST),
      token: env.GITHUB_TOKEN,
      appId: env.GITHUB_APP_ID,
      appPrivateKey: env.GITHUB_APP_PRIVATE_KEY,
    },
    gitlab: { url: env.GITLAB_URL, token: env.GITLAB_TOKEN },
    pullRequests: {
      draft: env.PULL_REQUEST_DRAFT,
      labels: commaList(env.PULL_REQUEST_LABELS),
      publicUrl: env.PUBLIC_URL,
      pollSeconds: env.PULL_REQUEST_POLL_SECONDS,
    },
    /** What webhooks must show; absent: there is none. */
    webhooks: { github: env.GITHUB_WEBHOOK_SECRET, gitlab: env.GITLAB_WEBHOOK_SECRET },
    records: { signingKey: env.RUN_RECORD_KEY },
    repositories: {
      /** host[:port], lower case; empty: any public host. */
      allowedHosts: env.REPO_ALLOWED_HOSTS ?? [],
      allowHttp: env.REPO_ALLOW_HTTP,
      allowLocalPaths: env.REPO_ALLOW_LOCAL_PATHS ?? loopback,
      maxMb: env.REPO_MAX_MB,
      maxFiles: env.REPO_MAX_FILES,
      cacheGraphs: env.PKG_CACHE_ENABLED,
      graphCacheDays: env.PKG_CACHE_RETENTION_DAYS,
      graphMemoryMb: env.PKG_MEMORY_MB,
      checkerMemoryMb: env.PKG_CHECKER_MEMORY_MB,
    },
    tests: {
      timeoutSeconds: env.TEST_RUNNER_TIMEOUT,
      minChangedCoverage: env.MIN_CHANGED_LINE_COVERAGE,
    },
    sandbox: {
      driver: env.USE_DOCKER_FOR_TESTS ? ('docker' as const) : (env.SANDBOX ?? ('auto' as const)),
      memoryMb: env.SANDBOX_MEMORY_MB,
      cpus: env.SANDBOX_CPUS,
      pids: env.SANDBOX_PIDS,
      network: env.SANDBOX_NETWORK,
      diskMb: env.SANDBOX_DISK_MB,
      /** Limits without which nothing runs. */
      require: env.SANDBOX_REQUIRE ?? [],
      image: env.SANDBOX_IMAGE,
      repositoryImages: env.SANDBOX_REPOSITORY_IMAGES,
      runtime: env.SANDBOX_RUNTIME,
      /** Hosts in private networks that installations may reach. */
      installHosts: env.SANDBOX_INSTALL_HOSTS ?? [],
    },
  };
}

function githubApiUrl(host: string): string {
  return host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`;
}
