import { z } from 'zod';
import { ModelError, type ModelErrorReason } from './model.error.js';
import type { ModelClient, ModelMessage, ToolCall, ToolSpec } from './model-client.port.js';

/** What a tool answers: words for the model, or the end of the conversation with its result. */
export type ToolOutcome<R> = { reply: string } | { done: R };

/** A tool with its schema; `run` gets arguments that fit. */
export interface Tool<R, S extends z.ZodType = z.ZodType> {
  description: string;
  schema: S;
  run(input: z.output<S>): Promise<ToolOutcome<R>> | ToolOutcome<R>;
}

/** Ties the schema of a tool to the type of what its `run` gets. */
export function tool<R, S extends z.ZodType>(definition: Tool<R, S>): Tool<R> {
  return definition as unknown as Tool<R>;
}

export interface ToolLoopOptions<R> {
  client: ModelClient;
  messages: readonly ModelMessage[];
  tools: Readonly<Record<string, Tool<R>>>;
  signal: AbortSignal;
  /** Calls of the model at most. */
  maxSteps: number;
  /** Messages of the person that came since the step before. */
  beforeStep?: () => Promise<string[]>;
  /** The tool that is forced at the last step, so that what was found is not lost. */
  last?: string;
}

/** The same call this often in a row is a loop. */
const MAX_SAME = 3;

/**
 * Lets a model call tools until one of them ends the conversation. What can't be used (no tool call, a tool
 * that was not offered, arguments that do not fit) goes back to it once; the second time in a row it ends.
 * @throws ModelError
 */
export async function runToolLoop<R>(options: ToolLoopOptions<R>): Promise<R> {
  const { client, tools, signal, maxSteps, last } = options;
  const specs = specsOf(tools);
  const only = specs.length === 1 ? specs[0]?.name : undefined;
  const messages = [...options.messages];
  let unusable = 0;
  let same = { key: '', times: 0 };
  for (let step = 1; step <= maxSteps; step += 1) {
    signal.throwIfAborted();
    for (const text of (await options.beforeStep?.()) ?? []) messages.push({ role: 'user', text });
    const forced = only ?? (step === maxSteps ? last : undefined);
    const reply = await client.call({
      messages,
      tools: specs,
      choice: forced === undefined ? 'any' : { tool: forced },
      signal,
    });
    const { text, calls } = reply;
    if (calls.length === 0) {
      unusable = again(unusable, 'no_tool_call', `${reply.model} answered without a tool call`);
      if (text.trim() !== '') messages.push({ role: 'assistant', text, calls: [] });
      messages.push({
        role: 'user',
        text: `Answer by calling one of: ${specs.map(({ name }) => name).join(', ')}.`,
      });
      continue;
    }
    messages.push({ role: 'assistant', text, calls });
    const key = JSON.stringify(calls.map(({ name, arguments: args }) => [name, args]));
    same = { key, times: same.key === key ? same.times + 1 : 1 };
    if (same.times >= MAX_SAME) {
      throw new ModelError(
        'step_limit',
        `${reply.model} called ${calls[0]?.name ?? 'a tool'} ${MAX_SAME} times in a row with the same arguments and was stopped`,
      );
    }
    let failed: { reason: ModelErrorReason; message: string } | undefined;
    for (const call of calls) {
      const answer = await answerCall(call, tools, specs);
      if ('done' in answer) return answer.done;
      if ('failed' in answer) failed ??= answer.failed;
      const words = 'failed' in answer ? answer.failed.message : answer.reply;
      messages.push({ role: 'tool', callId: call.id, name: call.name, text: words });
    }
    unusable =
      failed === undefined
        ? 0
        : again(unusable, failed.reason, `${reply.model}: ${failed.message}`);
  }
  throw new ModelError(
    'step_limit',
    `${client.name} did not come to an end in ${maxSteps} steps and was stopped`,
  );
}

/** Counts unusable answers in a row; the second one ends the conversation. */
function again(before: number, reason: ModelErrorReason, message: string): number {
  if (before >= 1) throw new ModelError(reason, `${message}, also after being told so`);
  return before + 1;
}

async function answerCall<R>(
  call: ToolCall,
  tools: Readonly<Record<string, Tool<R>>>,
  specs: readonly ToolSpec[],
): Promise<ToolOutcome<R> | { failed: { reason: ModelErrorReason; message: string } }> {
  const known = Object.hasOwn(tools, call.name) ? tools[call.name] : undefined;
  if (known === undefined) {
    const names = specs.map(({ name }) => name).join(', ');
    return {
      failed: {
        reason: 'unknown_tool',
        message: `there is no tool "${call.name.slice(0, 60)}"; there are: ${names}`,
      },
    };
  }
  if (call.problem !== undefined)
    return { failed: { reason: 'malformed', message: `${call.name}: ${call.problem}` } };
  const parsed = known.schema.safeParse(call.arguments);
  if (!parsed.success) {
    const message = `${call.name}: the arguments do not fit: ${z.prettifyError(parsed.error).slice(0, 2_000)}`;
    return { failed: { reason: 'malformed', message } };
  }
  return known.run(parsed.data);
}

function specsOf<R>(tools: Readonly<Record<string, Tool<R>>>): ToolSpec[] {
  return Object.entries(tools).map(([name, { description, schema }]) => {
    const { $schema: _, ...parameters } = z.toJSONSchema(schema, {
      target: 'draft-7',
      io: 'input',
    });
    return { name, description, parameters };
  });
}
