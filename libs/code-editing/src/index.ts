export {
  Overlay,
  type ChangeStatus,
  type FileChange,
  type OverlaySnapshot,
} from './overlay/overlay.js';
export { repositoryPath } from './overlay/repository-path.js';
export type {
  EditWorkspace,
  ExecuteRecipe,
  LookAlike,
  PlanRecipe,
  RecipePlan,
} from './recipes/workspace.js';
