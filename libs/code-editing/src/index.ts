export { Overlay } from './overlay/overlay.js';
export type { ChangeStatus, FileChange, OverlaySnapshot } from './overlay/overlay-changes.js';
export { repositoryPath } from './overlay/repository-path.js';
export { blobId } from './overlay/text-file.js';
export {
  applyOperations,
  type ApplyResult,
  type OperationResult,
  type ProjectReach,
} from './operations/apply-operations.js';
export type { EditContext } from './operations/edit-context.js';
export { match, type MatchResult, type NearLine } from './operations/matching.js';
export { didYouMean, suggest } from './operations/suggest.js';
export { renameSymbol, type RenameRequest, type RenameResult } from './rename/rename-symbol.js';
export { moveFile, type MoveResult } from './rename/move-file.js';
export { executeRecipe, planRecipe, type RecipeExecution } from './recipes/execute-recipe.js';
export type { EditWorkspace, LookAlike, RecipePlan } from './recipes/workspace.js';
export {
  runGates,
  type GateFinding,
  type GateOptions,
  type GateResult,
} from './gates/run-gates.js';
export { MAX_DIFF_BYTES, unifiedDiff, type FileDiff } from './gates/unified-diff.js';
