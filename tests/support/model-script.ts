import type { ProjectEdit } from '@hil/contracts';
import type { ModelEndpoint, ModelScript, ScriptedAnswer, SeenRequest } from '@hil/testing';
import type { World } from './world.js';

/** The arguments of extract_intent, with what most tasks say. */
export function intent(description: string, more: Record<string, unknown> = {}): ScriptedAnswer {
  return {
    tool: 'extract_intent',
    arguments: {
      category: 'code_change',
      intent: 'change',
      description,
      risk: 'low',
      tests_required: [],
      human_approval: true,
      constraints: [],
      target_modules: [],
      ...more,
    },
  };
}

/** One task of a scripted plan. */
export interface PlannedTask {
  task: string;
  files: string[];
  new_files?: string[];
  changes?: string[];
  tests?: string[];
  project_edits?: ProjectEdit[];
}

/** The arguments of propose_plan. */
export function plan(
  summary: string,
  tasks: PlannedTask[],
  more: Record<string, unknown> = {},
): ScriptedAnswer {
  return {
    tool: 'propose_plan',
    arguments: {
      summary,
      plan: tasks.map((task, index) => ({
        id: `task-${index + 1}`,
        changes: [],
        tests: [],
        notes: '',
        ...task,
      })),
      acceptance_criteria: ['no test fails that passed before'],
      migrations: [],
      commit: { type: 'feat', scope: '', subject: summary },
      ...more,
    },
  };
}

export function edits(...operations: Record<string, unknown>[]): ScriptedAnswer {
  return { tool: 'apply_edits', arguments: { operations } };
}

export function finish(summary: string): ScriptedAnswer {
  return { tool: 'finish_task', arguments: { summary } };
}

/** Answers of one conversation, in order; a function may look at the request first, or wait. */
export type Turns = readonly (
  ScriptedAnswer | ((request: SeenRequest) => ScriptedAnswer | Promise<ScriptedAnswer>)
)[];

/** What a scripted model says in each of its conversations, told apart by the tools it is offered. */
export interface Conversation {
  intent?: Turns;
  plan?: Turns;
  /** Turns of each task of editing, in the order in which they are begun. */
  tasks?: readonly Turns[];
  answer?: Turns;
}

/** A script that plays one conversation; a request beyond its end is an error that names what was asked. */
export function script(conversation: Conversation): ModelScript {
  const counts = { intent: 0, plan: 0, answer: 0 };
  let task = -1;
  let turn = 0;
  return (request) => {
    const { tools } = request;
    const next = (turns: Turns | undefined, at: number): ReturnType<ModelScript> => {
      const answer = turns?.[at];
      if (answer === undefined) {
        return {
          status: 400,
          message: `the script has no turn ${at} for ${tools.join(', ')}: ${request.last.slice(0, 600)}`,
        };
      }
      return typeof answer === 'function' ? answer(request) : answer;
    };
    if (tools.includes('extract_intent')) return next(conversation.intent, counts.intent++);
    if (tools.includes('propose_plan')) return next(conversation.plan, counts.plan++);
    if (tools.includes('answer_question')) return next(conversation.answer, counts.answer++);
    if (request.turn === 0) {
      task += 1;
      turn = 0;
    }
    return next(conversation.tasks?.[task], turn++);
  };
}

/** What the plan of a change to `src/one.js` says besides its tasks. */
export const COMMENT_ONE = {
  commit: { type: 'refactor', scope: '', subject: 'change one' },
  acceptance_criteria: ['`src/one.js` is changed'],
};

/** A server whose models are scripted. */
export interface ModelWorld {
  endpoint: ModelEndpoint;
  world: World;
}
