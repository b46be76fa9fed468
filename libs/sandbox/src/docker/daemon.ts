import type Docker from 'dockerode';
import { existsSync } from 'node:fs';

/** What a daemon says it can enforce. */
export interface DaemonFacts {
  enforced: string[];
  unenforced: string[];
}

const USUAL_SOCKET = '/var/run/docker.sock';
const ANSWER_MS = 5_000;
/** Given by how containers are made here, whatever the daemon. */
const ALWAYS = [
  'filesystem', 'unprivileged_user', 'environment', 'processes', 'capabilities', 'wall_time', 'output', 'tmp', 'disk',
]; // prettier-ignore

/**
 * Connects to the daemon of DOCKER_HOST, or of the usual socket, and asks what it can do.
 * Rejects with an Error whose message is for a person when there is none or it doesn't answer.
 */
export async function connectDocker(
  socketPath?: string,
): Promise<{ docker: Docker; facts: DaemonFacts }> {
  if (socketPath === undefined && !process.env['DOCKER_HOST'] && !existsSync(USUAL_SOCKET)) {
    throw new Error(`no Docker daemon: DOCKER_HOST is not set and there is no ${USUAL_SOCKET}`);
  }
  // Loaded only where it is used: it brings protobuf and gRPC along.
  const { default: Client } = await import('dockerode');
  const docker = new Client(socketPath === undefined ? undefined : { socketPath });
  try {
    return { docker, facts: daemonFacts(await withinTime(docker.info())) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the Docker daemon can't be used: ${reason}`, { cause: error });
  }
}

/** Sorts the answer of `GET /info`. */
function daemonFacts(info: unknown): DaemonFacts {
  const values = new Map<string, unknown>(
    typeof info === 'object' && info !== null ? Object.entries(info) : [],
  );
  const options = values.get('SecurityOptions');
  const seccomp =
    Array.isArray(options) &&
    options.some((option) => /^name=seccomp/.test(String(option)) && !/unconfined/.test(option));
  const given: [string, boolean][] = [
    ['memory', values.get('MemoryLimit') === true],
    ['pids', values.get('PidsLimit') === true],
    ['cpu', values.get('CpuCfsQuota') === true],
    ['user_namespaces', seccomp],
  ];
  return {
    enforced: [...ALWAYS, ...given.filter(([, there]) => there).map(([name]) => name)],
    unenforced: given.filter(([, there]) => !there).map(([name]) => name),
  };
}

async function withinTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
