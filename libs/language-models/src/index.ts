export {
  isChangeRecipe,
  isQueryRecipe,
  type ChangeRecipe,
  type JsonValue,
  type QueryRecipe,
  type Recipe,
} from './recipes/recipe.js';
export { parseRecipes, type ParsedRecipes } from './recipes/parse-recipes.js';
export { RECIPE_HELP, explainUnrecognised, type RecipeHelpEntry } from './recipes/recipe-help.js';
export { recipeCommit, recipeIntent } from './recipes/recipe-intent.js';
export { createModels, type Models } from './create-models.js';
export {
  MODEL_ROLES,
  type ModelClient,
  type ModelMessage,
  type ModelReply,
  type ModelRequest,
  type ModelRole,
  type TokenUsage,
  type ToolCall,
  type ToolSpec,
} from './client/model-client.port.js';
export { ModelError, type ModelErrorReason } from './client/model.error.js';
export {
  runToolLoop,
  tool,
  type Tool,
  type ToolLoopOptions,
  type ToolOutcome,
} from './client/tool-loop.js';
export { FENCE_RULES, fenced } from './prompt/fence.js';
export { costOf } from './usage/cost.js';
export {
  WARN_SHARE,
  budgetState,
  grantOf,
  raisedBy,
  type BudgetLimits,
  type BudgetState,
} from './usage/budget.js';
export type { ModelCallRecord, UsageLedger, UsageTotals } from './usage/usage-ledger.port.js';
export type { MemoryEntry, ProjectMemory } from './memory/project-memory.port.js';
