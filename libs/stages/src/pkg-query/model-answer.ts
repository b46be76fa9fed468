import { Overlay } from '@hil/code-editing';
import type { ProjectGraph, UpdateData } from '@hil/contracts';
import { FENCE_RULES, type ToolOutcome, runToolLoop, tool } from '@hil/language-models';
import type { Worktree } from '@hil/version-control';
import type { NewArtifact, StageContext } from '@hil/workflow';
import { z } from 'zod';
import { contextArtifact, contextLines, modelContext } from '../shared/model-context.js';
import { readingTools } from '../shared/reading-tools.js';
import { required } from '../shared/requirements.js';
import type { RunModels } from '../shared/run-models.js';
import type { StageServices } from '../shared/stage-services.js';

type Answer = UpdateData<'query_response'>;

const MAX_STEPS = 15;

const answerSchema = z.object({
  answer: z.string().min(1).describe('Markdown; name places as path:line'),
  references: z
    .array(
      z.object({
        path: z.string(),
        line: z.int().positive().optional(),
        symbol: z.string().optional(),
      }),
    )
    .describe('every place that the answer rests on'),
});

const SYSTEM = [
  'You answer a question about a code repository from what its files say, and call answer_question at the end.',
  'Read what you need with the tools first; do not guess. Every claim about code needs a reference with its line.',
  FENCE_RULES,
].join(' ');

/** Answers a question about the code. References that do not exist go back once, and are dropped after that. */
export async function modelAnswer(options: {
  context: StageContext;
  services: StageServices;
  models: RunModels;
  worktree: Worktree;
  graph: ProjectGraph;
  sha: string;
}): Promise<{ answer: Answer; artifact: NewArtifact }> {
  const { context, services, models, worktree, graph, sha } = options;
  const overlay = await Overlay.open(worktree.path);
  const files = (await worktree.listFiles(sha)).map(({ path }) => path);
  const intent = required(context, 'intent');
  const chosen = await modelContext({
    graph,
    overlay,
    request: `${context.run.request.message}\n${intent.description}`,
    targets: intent.target_modules,
    budgetTokens: services.config.model.contextTokens,
  });
  for (const line of contextLines(chosen)) context.log(line);
  let sentBack = false;
  const answer = await runToolLoop<Answer>({
    client: models.client('answers'),
    messages: [
      { role: 'system', text: SYSTEM },
      { role: 'user', text: `${chosen.text}\n\nThe question: ${context.run.request.message}` },
    ],
    signal: context.signal,
    maxSteps: MAX_STEPS,
    last: 'answer_question',
    tools: {
      ...readingTools<Answer>({ overlay, files: () => files, graph, signal: context.signal }),
      answer_question: tool({
        description: 'Gives the answer and ends.',
        schema: answerSchema,
        run: async (given): Promise<ToolOutcome<Answer>> => {
          const { good, wrong } = await checked(given.references, overlay, graph);
          if (wrong.length > 0 && !sentBack) {
            sentBack = true;
            return {
              reply: `These references do not exist: ${wrong.join('; ')}. Correct the answer and call answer_question again.`,
            };
          }
          for (const one of wrong) context.log(`dropped a reference: ${one}`, 'warning');
          return { done: { answer: given.answer, references: good } };
        },
      }),
    },
  });
  return { answer, artifact: contextArtifact(chosen) };
}

type Reference = z.output<typeof answerSchema>['references'][number];

async function checked(
  references: readonly Reference[],
  overlay: Overlay,
  graph: ProjectGraph,
): Promise<{ good: Answer['references']; wrong: string[] }> {
  const good: Answer['references'] = [];
  const wrong: string[] = [];
  for (const { path, line, symbol } of references) {
    const text = await overlay.tryRead(path).catch(() => null);
    if (text === null) {
      wrong.push(`${path} is no text file of the repository`);
      continue;
    }
    const lines = text.split('\n').length;
    if (line !== undefined && line > lines) {
      wrong.push(`${path} has ${lines} lines, not ${line}`);
      continue;
    }
    const module = graph.modules.find((one) => one.path === path);
    const known =
      symbol === undefined ||
      text.includes(symbol.split('.').at(-1) ?? symbol) ||
      graph.symbols.some((one) => one.moduleId === module?.id && one.name === symbol);
    if (!known) {
      wrong.push(`${path} does not mention ${symbol}`);
      continue;
    }
    good.push({
      path,
      ...(line === undefined ? {} : { line }),
      ...(symbol === undefined ? {} : { symbol }),
    });
  }
  return { good, wrong };
}
