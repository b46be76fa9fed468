import { spawn, type ChildProcess } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { plainGitEnvironment } from './plain-git.js';

/** Faults a test can switch on and off while the server runs. */
export interface GitServerFaults {
  /** Answer every request with a redirect to this origin (path and query kept). */
  redirectTo?: string | undefined;
  /** The same, for pushes alone. */
  redirectPushTo?: string | undefined;
  /** Answer every request with this status. */
  status?: number | undefined;
  /** Accept fetches, or every request, and never answer; or take a push whole and never say so. */
  hang?: 'fetch' | 'all' | 'push_answer' | undefined;
  /** Take pushes but cut the connection instead of answering. */
  losePushAnswer?: boolean | undefined;
  /** Runs before a push is handed to git. */
  beforePush?: (() => Promise<void>) | undefined;
}

/** Look-ups (ls-remote), fetches and pushes that reached git. */
export interface GitCounts {
  lookups: number;
  fetches: number;
  pushes: number;
}

/** One request to a repository, once it is known who may do it. */
export interface GitRequest {
  /** Bare repository. */
  bare: string;
  service: string;
  allowPush: boolean;
  /** Full names of refs no push may touch. */
  protectedRefs?: readonly string[];
}

/** Path of a request to a repository: its name without `.git`, and the service asked for. */
export function gitPath(pathname: string): { name: string; service: string } | undefined {
  const match = /^\/(.+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
    decodeURIComponent(pathname),
  );
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { name: match[1], service: match[2] };
}

/** Smart HTTP with git's own `http-backend`, the faults of a test, and counts of what came. */
export class GitHttp {
  readonly counts: GitCounts = { lookups: 0, fetches: 0, pushes: 0 };
  readonly #children = new Set<ChildProcess>();

  constructor(readonly faults: GitServerFaults) {}

  /** Answers by a fault that needs no look at the repository; true when it did. */
  failed(request: IncomingMessage, response: ServerResponse): boolean {
    const { hang, redirectPushTo, status } = this.faults;
    if (hang === 'all') return true;
    const push = /git-receive-pack/.test(request.url ?? '');
    const redirectTo = this.faults.redirectTo ?? (push ? redirectPushTo : undefined);
    if (redirectTo !== undefined) {
      response.writeHead(302, { location: redirectTo + (request.url ?? '') }).end();
      return true;
    }
    if (status === undefined) return false;
    response.writeHead(status).end();
    return true;
  }

  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    { bare, service, allowPush, protectedRefs = [] }: GitRequest,
  ): Promise<void> {
    const body = await readBody(request);
    if (service === 'git-upload-pack') {
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      const isLookup = plain.subarray(0, 64).includes('command=ls-refs');
      if (isLookup) this.counts.lookups += 1;
      else this.counts.fetches += 1;
      if (!isLookup && this.faults.hang === 'fetch') return;
    }
    if (service === 'git-receive-pack') {
      this.counts.pushes += 1;
      await this.faults.beforePush?.();
    }
    const settings: (readonly [string, string])[] = [
      ['http.receivepack', String(allowPush)],
      ['safe.directory', '*'],
      // Git's own refusal ("deny updating a hidden ref"), as a server with protected branches gives one.
      ...protectedRefs.map((ref) => ['receive.hideRefs', ref] as const),
    ];
    const child = spawn('git', ['http-backend'], {
      env: {
        ...plainGitEnvironment(),
        ...configEnvironment(settings),
        GIT_PROJECT_ROOT: dirname(bare),
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: `/${basename(bare)}/${service}`,
        QUERY_STRING: (request.url ?? '').split('?')[1] ?? '',
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        CONTENT_LENGTH: String(body.length),
        HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_ADDR: '127.0.0.1',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    child.stdin.on('error', () => undefined);
    child.stdin.end(body);
    response.once('close', () => child.kill('SIGKILL'));
    const push = service === 'git-receive-pack';
    const held = push && this.faults.hang === 'push_answer';
    const lost = push && this.faults.losePushAnswer === true;
    await relay(child, response, held ? 'held' : lost ? 'lost' : 'given');
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}

/** The whole body of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function configEnvironment(settings: readonly (readonly [string, string])[]): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { GIT_CONFIG_COUNT: String(settings.length) };
  settings.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return env;
}

/** Turns a CGI answer (headers, empty line, body) into an HTTP one, streaming the body. */
function relay(
  child: ChildProcess,
  response: ServerResponse,
  answer: 'given' | 'lost' | 'held',
): Promise<void> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    let begun = false;
    child.once('error', reject);
    child.stdout?.on('data', (chunk: Buffer) => {
      if (answer !== 'given') return;
      if (begun) {
        if (!response.write(chunk)) {
          child.stdout?.pause();
          response.once('drain', () => child.stdout?.resume());
        }
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      begun = true;
      let status = 200;
      for (const line of head.subarray(0, end).toString('latin1').split('\r\n')) {
        const colon = line.indexOf(':');
        const name = line.slice(0, colon).trim();
        const value = line.slice(colon + 1).trim();
        if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.writeHead(status);
      response.write(head.subarray(end + 4));
    });
    child.once('close', () => {
      if (answer === 'lost') response.destroy();
      else if (answer === 'given') response.end();
      resolve();
    });
  });
}
