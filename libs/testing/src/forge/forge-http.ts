import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { GitHttp, gitPath, readBody, type GitServerFaults } from '../git-http.js';
import { Refusal, type Answer } from './answer.js';
import { failsBefore, spoil, type FaultRules } from './faults.js';
import { GitHubDescription } from './github/description.js';
import { GitHubObjects } from './github/objects.js';
import { problem, unauthorized } from './github/problem.js';
import type { Fork } from './github/repository-routes.js';
import { GitHubRoutes } from './github/routes.js';
import { GitLabRoutes } from './gitlab/routes.js';
import { page } from './pages.js';
import type { Caller, ForgeState } from './state.js';

/** A request to one of the APIs, as it came in and was answered. Without its token. */
export interface SeenRequest {
  method: string;
  path: string;
  status: number;
  body: unknown;
}

/** The HTTP side of the fake forge: finds out who asks, which API is meant, and what is to go wrong. */
export class ForgeHttp {
  readonly problems: string[] = [];
  readonly requests: SeenRequest[] = [];
  readonly authorizations: string[] = [];
  readonly git: GitHttp;
  readonly #held = new Set<ServerResponse>();
  readonly #description = new GitHubDescription();
  readonly #github: GitHubRoutes;
  readonly #gitlab: GitLabRoutes;

  constructor(
    private readonly state: ForgeState,
    private readonly rules: FaultRules,
    gitFaults: GitServerFaults,
    private readonly origin: string,
    fork: Fork,
  ) {
    this.git = new GitHttp(gitFaults);
    const objects = new GitHubObjects(state, { web: origin, api: `${origin}/api/v3` });
    this.#github = new GitHubRoutes(state, objects, fork);
    this.#gitlab = new GitLabRoutes(state, origin, fork);
  }

  /** Answers nothing that was held. */
  release(): void {
    for (const response of this.#held) response.destroy();
    this.#held.clear();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const header = request.headers.authorization ?? headerOf(request, 'private-token');
    if (header !== undefined) this.authorizations.push(header);
    const git = gitPath(url.pathname);
    if (git !== undefined) return this.#serveGit(request, response, git);
    const api = /^\/api\/v[34](?=\/)/.exec(url.pathname)?.[0];
    if (api === undefined) {
      response.writeHead(404).end();
      return;
    }
    const path = url.pathname.slice(api.length);
    const method = request.method ?? 'GET';
    const raw = (await readBody(request)).toString('utf8');
    const fault = this.rules.take(method, path);
    if (fault?.kind === 'delay') await sleep(fault.ms);
    if (fault !== undefined && failsBefore(fault)) {
      if (spoil(fault, response, api)) this.#held.add(response);
      return;
    }
    const body = raw === '' ? undefined : (JSON.parse(raw) as Record<string, unknown>);
    const call = { method, path, url, query: url.searchParams, body, header };
    let answer: Answer;
    try {
      answer = api === '/api/v3' ? await this.#answerGitHub(call) : await this.#answerGitLab(call);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer = { status: error.status, body: error.body, headers: error.headers };
    }
    this.requests.push({ method, path, status: answer.status, body });
    if (fault !== undefined && fault.kind !== 'delay') {
      if (spoil(fault, response, api)) this.#held.add(response);
      return;
    }
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
    response
      .writeHead(answer.status, {
        'content-type': 'application/json; charset=utf-8',
        ...answer.headers,
      })
      .end(text);
  }

  async #answerGitHub(call: Call): Promise<Answer> {
    const matched = this.#description.match(call.method, call.path);
    if (matched === undefined) {
      this.problems.push(`GitHub has no ${call.method} ${call.path}, or the slice lacks it`);
      throw new Refusal(404, problem('Not Found'));
    }
    const wrong = this.#description.requestProblems(matched.name, call.query, call.body);
    if (wrong.length > 0) {
      this.problems.push(...wrong);
      throw new Refusal(422, problem(`Invalid request. ${wrong.join('; ')}`));
    }
    const token = /^(?:bearer|token)\s+(.+)$/i.exec(call.header ?? '')?.[1] ?? '';
    const forApps = matched.name.startsWith('post /app/') || matched.name.endsWith('/installation');
    const caller = this.state.tokens.get(token) ?? null;
    if (call.header !== undefined && caller === null && !forApps) throw unauthorized();
    let answer: Answer;
    try {
      const whole = await this.#github.answer({
        operation: matched.name,
        path: matched.path,
        query: call.query,
        body: call.body ?? {},
        caller,
        token,
      });
      answer = page(whole, call.url, 30);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer = { status: error.status, body: error.body, headers: error.headers };
    }
    this.problems.push(
      ...this.#description.answerProblems(matched.name, answer.status, answer.body),
    );
    return answer;
  }

  async #answerGitLab(call: Call): Promise<Answer> {
    const token = call.header?.replace(/^bearer\s+/i, '') ?? '';
    const caller = this.state.tokens.get(token) ?? null;
    if (call.header !== undefined && caller === null)
      throw new Refusal(401, { message: '401 Unauthorized' });
    try {
      const { answer } = await this.#gitlab.answer({ ...call, body: call.body ?? {}, caller });
      return page(answer, call.url, 20);
    } catch (error) {
      if (error instanceof Refusal && error.status === 400 && 'error' in (error.body as object)) {
        this.problems.push(String((error.body as { error: string }).error));
      }
      throw error;
    }
  }

  async #serveGit(
    request: IncomingMessage,
    response: ServerResponse,
    { name, service }: { name: string; service: string },
  ): Promise<void> {
    if (this.git.failed(request, response)) return;
    const { authorization } = request.headers;
    const caller = authorization === undefined ? undefined : this.#gitCaller(authorization);
    const repository = this.state.repository(name);
    const access = repository === undefined ? null : this.state.accessOf(repository, caller);
    const pushing =
      service === 'git-receive-pack' || request.url?.includes('service=git-receive-pack') === true;
    const stranger = authorization !== undefined && caller === undefined;
    if (stranger || (caller === undefined && (access === null || pushing))) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="fake forge"' }).end();
      return;
    }
    if (repository === undefined || access === null) {
      response.writeHead(404).end('Repository not found.\n');
      return;
    }
    if (pushing && access !== 'write') {
      response.writeHead(403).end(`Permission to ${name} denied.\n`);
      return;
    }
    const protectedRefs = repository.protectedBranches.map((branch) => `refs/heads/${branch}`);
    await this.git.serve(request, response, {
      bare: repository.bare,
      service,
      allowPush: true,
      protectedRefs,
    });
  }

  #gitCaller(authorization: string): Caller | undefined {
    const basic = /^basic\s+(.+)$/i.exec(authorization)?.[1] ?? '';
    const text = Buffer.from(basic, 'base64').toString('utf8');
    return this.state.tokens.get(text.slice(text.indexOf(':') + 1));
  }
}

interface Call {
  method: string;
  path: string;
  url: URL;
  query: URLSearchParams;
  body: Record<string, unknown> | undefined;
  header: string | undefined;
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
