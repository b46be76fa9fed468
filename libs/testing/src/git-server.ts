import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GitHttp, gitPath, type GitCounts, type GitServerFaults } from './git-http.js';

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
  counts: GitCounts;
  /** Every Authorization header seen. */
  authorizations: string[];
  /** Path and query of every request that came, answered or not. */
  requests: string[];
  /** Repositories can be added and removed while it runs. */
  repositories: Record<string, string>;
  close(): Promise<void>;
}

/** Serves repositories over smart HTTP with git's own `http-backend`. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const repositories = { ...options.repositories };
  const authorizations: string[] = [];
  const requests: string[] = [];
  const git = new GitHttp({ ...options.faults });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    requests.push(url.pathname + url.search);
    const authorization = request.headers.authorization;
    if (authorization !== undefined) authorizations.push(authorization);
    if (git.failed(request, response)) return;
    if (options.auth !== undefined) {
      const wanted = Buffer.from(`${options.auth.user}:${options.auth.password}`).toString(
        'base64',
      );
      if (authorization !== `Basic ${wanted}`) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
        return;
      }
    }
    const path = gitPath(url.pathname);
    const bare = path === undefined ? undefined : repositories[path.name];
    if (path === undefined || bare === undefined) {
      response.writeHead(404).end('Repository not found\n');
      return;
    }
    const { service } = path;
    await git.serve(request, response, { bare, service, allowPush: options.allowPush ?? false });
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
    faults: git.faults,
    counts: git.counts,
    authorizations,
    requests,
    repositories,
    close: async () => {
      git.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
