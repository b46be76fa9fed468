import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { plainGitEnvironment } from './plain-git.js';

/** Faults a test can switch on and off while the server runs. */
export interface GitServerFaults {
  /** Answer every request with a redirect to this origin (path and query kept). */
  redirectTo?: string | undefined;
  /** Answer every request with this status. */
  status?: number | undefined;
  /** Accept fetches, or every request, and never answer; or take a push whole and never say so. */
  hang?: 'fetch' | 'all' | 'push_answer' | undefined;
  /** Take pushes but cut the connection instead of answering. */
  losePushAnswer?: boolean | undefined;
  /** Runs before a push is handed to git. */
  beforePush?: (() => Promise<void>) | undefined;
}

/** What to serve. */
export interface GitServerOptions {
  /** Name -> path of a bare repository; served at `/<name>.git`. */
  repositories: Record<string, string>;
  /** HTTP basic credentials every request needs. */
  auth?: { user: string; password: string };
  allowPush?: boolean;
  faults?: GitServerFaults;
}

/** A running server on a free port of 127.0.0.1. */
export interface GitServer {
  port: number;
  /** `127.0.0.1:port` */
  host: string;
  url(name: string): string;
  faults: GitServerFaults;
  /** Look-ups (ls-remote), fetches and pushes that reached git, and every Authorization header seen. */
  counts: { lookups: number; fetches: number; pushes: number };
  authorizations: string[];
  /** Repositories can be added and removed while it runs. */
  repositories: Record<string, string>;
  close(): Promise<void>;
}

/** Serves repositories over smart HTTP with git's own `http-backend`. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const repositories = { ...options.repositories };
  const children = new Set<ChildProcess>();
  const counts = { lookups: 0, fetches: 0, pushes: 0 };
  const authorizations: string[] = [];
  const faults: GitServerFaults = { ...options.faults };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const authorization = request.headers.authorization;
    if (authorization !== undefined) authorizations.push(authorization);
    if (faults.hang === 'all') return;
    if (faults.redirectTo !== undefined) {
      response.writeHead(302, { location: faults.redirectTo + (request.url ?? '') }).end();
      return;
    }
    if (faults.status !== undefined) {
      response.writeHead(faults.status).end();
      return;
    }
    if (options.auth !== undefined) {
      const wanted = Buffer.from(`${options.auth.user}:${options.auth.password}`).toString(
        'base64',
      );
      if (authorization !== `Basic ${wanted}`) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
        return;
      }
    }
    const match = /^\/(.+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
      decodeURIComponent(url.pathname),
    );
    const bare = match?.[1] === undefined ? undefined : repositories[match[1]];
    const service = match?.[2];
    if (bare === undefined || service === undefined) {
      response.writeHead(404).end('Repository not found\n');
      return;
    }
    const body = await readBody(request);
    if (service === 'git-upload-pack') {
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      const isLookup = plain.subarray(0, 64).includes('command=ls-refs');
      if (isLookup) counts.lookups += 1;
      else counts.fetches += 1;
      if (!isLookup && faults.hang === 'fetch') return;
    }
    if (service === 'git-receive-pack') {
      counts.pushes += 1;
      await faults.beforePush?.();
    }
    const child = spawn('git', ['http-backend'], {
      env: {
        ...plainGitEnvironment(),
        GIT_PROJECT_ROOT: dirname(bare),
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_COUNT: '2',
        GIT_CONFIG_KEY_0: 'http.receivepack',
        GIT_CONFIG_VALUE_0: String(options.allowPush ?? false),
        GIT_CONFIG_KEY_1: 'safe.directory',
        GIT_CONFIG_VALUE_1: '*',
        PATH_INFO: `/${basename(bare)}/${service}`,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        CONTENT_LENGTH: String(body.length),
        HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_ADDR: '127.0.0.1',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    children.add(child);
    child.once('close', () => children.delete(child));
    child.stdin.on('error', () => undefined);
    child.stdin.end(body);
    response.once('close', () => child.kill('SIGKILL'));
    const push = service === 'git-receive-pack';
    const held = push && faults.hang === 'push_answer';
    const lost = push && faults.losePushAnswer === true;
    await relay(child, response, held ? 'held' : lost ? 'lost' : 'given');
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: `127.0.0.1:${port}`,
    url: (name) => `http://127.0.0.1:${port}/${name}.git`,
    faults,
    counts,
    authorizations,
    repositories,
    close: async () => {
      for (const child of children) child.kill('SIGKILL');
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
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
