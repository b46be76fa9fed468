import { type Intent, intentSchema } from '@hil/contracts';
import { FENCE_RULES, type ModelMessage, runToolLoop, tool } from '@hil/language-models';
import type { StageContext } from '@hil/workflow';
import { z } from 'zod';
import type { RunModels } from '../shared/run-models.js';
import { REPOSITORY_QUESTION } from './repository-question.js';

const INTENT_STEPS = 4;

/** As a model may send it: lists that are empty may be missing. */
const lenientIntent = intentSchema.extend({
  tests_required: z
    .array(z.string())
    .prefault([])
    .describe('behaviour that tests must show afterwards'),
  human_approval: z
    .boolean()
    .prefault(true)
    .describe('true when a person should look whatever the settings say'),
  constraints: z.array(z.string()).prefault([]).describe('what the person forbids or demands'),
  target_modules: z
    .array(z.string())
    .prefault([])
    .describe('paths and symbol names that the message names or clearly means; never guesses'),
  clarifying_question: z
    .string()
    .optional()
    .describe(
      'only when two readings lead to different changes and the repository can not tell which; one question',
    ),
});

const SYSTEM = [
  'You read what a person wants done with a code repository and call extract_intent once.',
  'category: code_change when anything shall be changed, informational_query for questions about the code,',
  'diagram_request when a drawing is wanted. description: one or two sentences, in the language of the code base.',
  'risk: high for security, data loss, migrations, public interfaces; low for local, covered or textual changes.',
  FENCE_RULES,
].join(' ');

/** What the model makes of the message and of the answers given so far. Policy decides what follows from it. */
export function modelIntent(context: StageContext, models: RunModels): Promise<Intent> {
  const { request, context: facts } = context.run;
  const answers = (facts.answers ?? []).filter(({ question }) => question !== REPOSITORY_QUESTION);
  const messages: ModelMessage[] = [
    { role: 'system', text: SYSTEM },
    { role: 'user', text: request.message },
  ];
  for (const { question, answer } of answers) {
    messages.push({ role: 'assistant', text: question, calls: [] }, { role: 'user', text: answer });
  }
  return askIntent(context, models, messages);
}

/** Whether words said during editing still want what was approved. */
export async function modelGoalCheck(
  context: StageContext,
  models: RunModels,
  said: readonly string[],
): Promise<Intent> {
  const { intent, plan } = context.run.context;
  return askIntent(context, models, [
    {
      role: 'system',
      text: `${SYSTEM} A plan was approved and is being carried out: "${plan?.summary ?? ''}", for the goal "${intent?.description ?? ''}". The person now says something more. Set changes_goal to true when it asks for something that the approved plan does not contain or contradicts it; false when it only says how to do it.`,
    },
    { role: 'user', text: said.join('\n') },
  ]);
}

function askIntent(
  context: StageContext,
  models: RunModels,
  messages: readonly ModelMessage[],
): Promise<Intent> {
  return runToolLoop<Intent>({
    client: models.client('intent'),
    messages,
    signal: context.signal,
    maxSteps: INTENT_STEPS,
    tools: {
      extract_intent: tool({
        description: 'Says what the person wants.',
        schema: lenientIntent,
        run: (intent) => ({ done: intent }),
      }),
    },
  });
}
