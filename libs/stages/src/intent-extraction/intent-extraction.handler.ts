import { type StageJob } from '@hil/contracts';
import {
  explainUnrecognised,
  isChangeRecipe,
  parseRecipes,
  recipeIntent,
} from '@hil/language-models';
import { type StageJobContext } from '@hil/messaging';
import {
  type StageContext,
  type StageExecutor,
  type StageHandler,
  type StageResult,
} from '@hil/workflow';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { STAGE_EXECUTOR } from '../shared/stage-services.js';

/** Reads what the person wants. Without a model, that is the recipe grammar. */
@Controller()
export class IntentExtractionHandler implements StageHandler {
  readonly stage = 'intent_extraction';

  constructor(@Inject(STAGE_EXECUTOR) private readonly executor: StageExecutor) {}

  @MessagePattern('intent_extraction')
  handle(@Payload() job: StageJob, @Ctx() { signal }: StageJobContext): Promise<void> {
    return this.executor.execute(job, this, signal);
  }

  async run(context: StageContext): Promise<StageResult> {
    const { request } = context.run;
    const { recipes, unrecognised } = parseRecipes(request.message);
    if (recipes.length === 0 || unrecognised.length > 0) {
      const lines = unrecognised.length > 0 ? unrecognised : [request.message];
      return answer(explainUnrecognised(lines), 'Not understood; nothing was changed.');
    }
    const changes = recipes.filter(isChangeRecipe);
    if (changes.length > 0 && changes.length < recipes.length) {
      return answer(
        'The message mixes questions with changes. Send the questions and the changes as two messages.',
        'Not understood; nothing was changed.',
      );
    }
    if (repositoryOf(context) === undefined) {
      return {
        event: {
          type: 'question_asked',
          question:
            'Which repository? Answer with its https URL or its absolute path on this machine.',
        },
      };
    }
    const intent = recipeIntent(request.message);
    context.log(
      `${recipes.length} ${recipes.length === 1 ? 'recipe' : 'recipes'}: ${intent.description}`,
    );
    return { event: { type: 'intent_extracted', intent } };
  }
}

/** The repository that was named with the message or in an answer. */
export function repositoryOf(context: StageContext): string | undefined {
  const { request, context: facts } = context.run;
  return request.repo_url ?? facts.answers?.at(-1)?.answer.trim();
}

function answer(text: string, message: string): StageResult {
  return {
    event: {
      type: 'answered',
      message,
      updates: [{ type: 'query_response', data: { answer: text, references: [] } }],
    },
  };
}
