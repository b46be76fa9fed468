import { EditingHandler } from './editing/editing.handler.js';
import { ImpactAnalysisHandler } from './impact-analysis/impact-analysis.handler.js';
import { IntentExtractionHandler } from './intent-extraction/intent-extraction.handler.js';
import { PkgQueryHandler } from './pkg-query/pkg-query.handler.js';
import { PlanningHandler } from './planning/planning.handler.js';
import { PrCreationHandler } from './pr-creation/pr-creation.handler.js';
import { TestingHandler } from './testing/testing.handler.js';
import { VerificationHandler } from './verification/verification.handler.js';

/** The handlers of each worker app; boot refuses when they and the app's stages are not one to one. */
export const STAGE_HANDLERS = {
  planner: [IntentExtractionHandler, PkgQueryHandler, ImpactAnalysisHandler, PlanningHandler],
  editor: [EditingHandler],
  'test-runner': [TestingHandler, VerificationHandler],
  'pr-worker': [PrCreationHandler],
} as const;

export { PrCreationHandler } from './pr-creation/pr-creation.handler.js';
export { RecentGraphs } from './shared/recent-graphs.js';
export { RunRepositories } from './shared/run-repositories.js';
export { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from './shared/stage-services.js';
export { WorkspaceReaper, type WorkspaceReaperOptions } from './shared/workspace-reaper.js';
export { PullRequestFollower, type FollowServices } from './follow-up/follow-pull-request.js';
export { warmUp } from '@hil/knowledge-graph';
