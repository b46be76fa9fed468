import { afterAll, afterEach, beforeAll, jest } from '@jest/globals';
import type { Shape } from '../support/deployment.js';
import { World } from '../support/world.js';
import { badInputCases } from './cases/bad-input.cases.js';
import { cancelCases } from './cases/cancel.cases.js';
import { crashCases } from './cases/crash.cases.js';
import { decisionCases } from './cases/decision.cases.js';
import { deliveryCases } from './cases/delivery.cases.js';
import { formatterCases } from './cases/formatter.cases.js';
import { questionCases } from './cases/question.cases.js';
import { resumeCases } from './cases/resume.cases.js';
import { reviewCases } from './cases/review.cases.js';

/**
 * What the product has to do, whichever shape it runs in; real processes, git, database and sandbox.
 * @param more cases that only this shape can have
 */
export function describeWholeRun(
  shape: Shape,
  more: (running: () => World) => void = () => undefined,
): void {
  let world: World | undefined;
  const running = (): World => {
    if (world === undefined) throw new Error(`${shape.name} did not start`);
    return world;
  };

  jest.setTimeout(120_000);
  beforeAll(async () => {
    world = await World.start(shape);
  }, 120_000);
  afterEach(() => world?.calm());
  afterAll(() => world?.stop(), 120_000);

  deliveryCases(running);
  questionCases(running);
  decisionCases(running);
  reviewCases(running);
  formatterCases(running);
  badInputCases(running);
  resumeCases(running);
  cancelCases(running);
  crashCases(running);
  more(running);
}
