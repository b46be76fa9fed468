import type { ServerResponse } from 'node:http';
import { problem } from './github/problem.js';

/** How a request is made to fail. `before`: nothing was done; `after`: everything was done, and nobody is told. */
export type Fault =
  | { kind: 'status'; status: number; when: 'before' | 'after' }
  | { kind: 'reset'; when: 'before' | 'after' }
  /** Done, or not, and never answered. */
  | { kind: 'hang'; when: 'before' | 'after' }
  /** 403 with x-ratelimit-remaining 0 on GitHub, 429 on GitLab. */
  | { kind: 'rate_limit'; retryAfterSeconds: number }
  /** Answers late. */
  | { kind: 'delay'; ms: number }
  /** A redirect to another origin. */
  | { kind: 'redirect'; to: string };

/** Which requests a fault meets. */
export interface FaultRule {
  method: string;
  /** Of the path behind the API's root, such as `/pulls$`. */
  path: RegExp;
  fault: Fault;
  /** How many requests; default 1. */
  times?: number;
  /** How many matching requests pass before; default 0. */
  after?: number;
}

/** The faults that wait for their request. */
export class FaultRules {
  #rules: { rule: FaultRule; left: number; pass: number }[] = [];

  add(rule: FaultRule): void {
    this.#rules.push({ rule, left: rule.times ?? 1, pass: rule.after ?? 0 });
  }

  clear(): void {
    this.#rules = [];
  }

  take(method: string, path: string): Fault | undefined {
    const found = this.#rules.find(
      ({ rule, left }) => left > 0 && rule.method === method && rule.path.test(path),
    );
    if (found === undefined) return undefined;
    if (found.pass > 0) {
      found.pass -= 1;
      return undefined;
    }
    found.left -= 1;
    return found.rule.fault;
  }
}

/** True when the request is to fail without having been carried out. */
export function failsBefore(fault: Fault): boolean {
  if (fault.kind === 'rate_limit' || fault.kind === 'redirect') return true;
  return fault.kind !== 'delay' && fault.when === 'before';
}

/** Answers as the fault says. @returns true when the answer is held back for ever */
export function spoil(fault: Fault, response: ServerResponse, api: string): boolean {
  switch (fault.kind) {
    case 'status':
      response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
      return false;
    case 'reset':
      response.socket?.resetAndDestroy();
      return false;
    case 'redirect':
      response.writeHead(307, { location: fault.to }).end();
      return false;
    case 'rate_limit': {
      const seconds = fault.retryAfterSeconds;
      const reset = Math.ceil(Date.now() / 1000) + seconds;
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'retry-after': String(seconds),
      };
      if (api === '/api/v4') response.writeHead(429, headers).end('{"message":"Retry later"}');
      else {
        response
          .writeHead(403, {
            ...headers,
            'x-ratelimit-remaining': '0',
            'x-ratelimit-reset': String(reset),
          })
          .end(JSON.stringify(problem('API rate limit exceeded for this user.')));
      }
      return false;
    }
    case 'hang':
    case 'delay':
      return true;
  }
}
