import { Refusal, type Answer } from '../answer.js';
import {
  fullNameOf,
  type Caller,
  type ForgePull,
  type ForgeRepository,
  type ForgeState,
} from '../state.js';

/** One request below /api/v4. */
export interface GitLabRequest {
  method: string;
  /** Behind /api/v4, still encoded: project paths hold an encoded slash. */
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  caller: Caller | null;
}

/** A matched request: the decoded parts of its path. */
export interface Call extends GitLabRequest {
  values: string[];
}

/** One route. */
export interface Route {
  pattern: RegExp;
  /** Fields of query or body it takes; any other is refused. */
  fields: readonly string[];
  answer: (call: Call) => Answer | Promise<Answer>;
}

/** The part of a path that names a project, by number or encoded full name. */
export const PROJECT = '/projects/([^/]+)';
/** Fields of every list. */
export const PAGES = ['page', 'per_page', 'order_by', 'sort'];

/** The way from a request to what it is about, as far as its caller may go. */
export class Way {
  constructor(private readonly state: ForgeState) {}

  reach({ values, caller }: Call): { project: ForgeRepository; access: 'read' | 'write' } {
    const id = values[0] ?? '';
    const project = /^\d+$/.test(id)
      ? [...this.state.repositories.values()].find((each) => each.id === Number(id))
      : this.state.repository(id);
    const access = project === undefined ? null : this.state.accessOf(project, caller ?? undefined);
    if (project === undefined || access === null) throw missing('Project');
    return { project, access };
  }

  request(call: Call): ForgePull {
    const { project } = this.reach(call);
    const pull = this.state.pull(fullNameOf(project), Number(call.values[1]));
    if (pull === undefined) throw missing('Not Found');
    return pull;
  }

  mustWrite(call: Call, pull: ForgePull): void {
    const { access } = this.reach(call);
    if (access !== 'write' && pull.author !== mustCall(call.caller).login) {
      throw new Refusal(403, { message: '403 Forbidden' });
    }
  }
}

/** A route of this path (a pattern), which takes these fields. */
export function route(path: string, fields: readonly string[], answer: Route['answer']): Route {
  return { pattern: new RegExp(`^${path}$`), fields, answer };
}

/** An answer with status 200. */
export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** 404, naming what there is not. */
export function missing(what: string): Refusal {
  return new Refusal(404, { message: `404 ${what === 'Not Found' ? what : `${what} Not Found`}` });
}

/** @throws Refusal 401 without a known token */
export function mustCall(caller: Caller | null): Caller {
  if (caller === null) throw new Refusal(401, { message: '401 Unauthorized' });
  return caller;
}
