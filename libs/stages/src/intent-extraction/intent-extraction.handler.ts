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
import { RunModels, withinBudget } from '../shared/run-models.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';
import { modelIntent } from './model-intent.js';
import { REPOSITORY_QUESTION, repositoryOf } from './repository-question.js';

/** A model that still asks after this many answers goes on with what it has. */
const MAX_QUESTIONS = 3;

/** Reads what the person wants: by the recipe grammar where the message fits it, else by a model if there is one. */
@Controller()
export class IntentExtractionHandler implements StageHandler {
  readonly stage = 'intent_extraction';

  constructor(
    @Inject(STAGE_SERVICES) private readonly services: StageServices,
    @Inject(STAGE_EXECUTOR) private readonly executor: StageExecutor,
  ) {}

  @MessagePattern('intent_extraction')
  handle(@Payload() job: StageJob, @Ctx() { signal }: StageJobContext): Promise<void> {
    return this.executor.execute(job, this, signal);
  }

  async run(context: StageContext): Promise<StageResult> {
    const { request } = context.run;
    const { recipes, unrecognised } = parseRecipes(request.message);
    if (recipes.length === 0 || unrecognised.length > 0) {
      if (this.services.models !== null) return withinBudget(() => this.byModel(context));
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
      return { event: { type: 'question_asked', question: REPOSITORY_QUESTION } };
    }
    const intent = recipeIntent(request.message);
    context.log(
      `${recipes.length} ${recipes.length === 1 ? 'recipe' : 'recipes'}: ${intent.description}`,
    );
    await context.checkpoint({ context: { planner: 'recipes' } });
    return { event: { type: 'intent_extracted', intent } };
  }

  private async byModel(context: StageContext): Promise<StageResult> {
    await context.checkpoint({ context: { planner: 'model' } });
    if (repositoryOf(context) === undefined) {
      return { event: { type: 'question_asked', question: REPOSITORY_QUESTION } };
    }
    const intent = await modelIntent(context, new RunModels(this.services, context));
    const asked = (context.run.context.answers ?? []).length;
    const question = intent.clarifying_question?.trim() ?? '';
    if (question !== '' && asked < MAX_QUESTIONS) {
      return { event: { type: 'question_asked', question } };
    }
    context.log(`${intent.category}, ${intent.risk} risk: ${intent.description}`);
    for (const constraint of intent.constraints) context.log(`constraint: ${constraint}`);
    return { event: { type: 'intent_extracted', intent } };
  }
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
