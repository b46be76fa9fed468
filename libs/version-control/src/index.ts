export {
  parseRepositoryAddress,
  isPrivateAddress,
  type RepositoryAddress,
  type RepositoryPolicy,
} from './repository-address.js';
export { branchNameFor, checkBranchName, type BranchNameParts } from './branch-name.js';
export { MirrorStore, type MirrorStoreOptions, type SyncResult } from './mirror-store.js';
export type { CredentialsFor, GitCredentials } from './remote-access.js';
export type { SizeLimits } from './size-limits.js';
export { openWorktree, Worktree, type CommitRequest, type OpenWorktree } from './worktree.js';
export type { DiffText } from './commit-reader.js';
export { withFileLock } from './file-lock.js';
export { hunksOfFile, keepHunks, type KeepHunks, type KeptCommits } from './keep-hunks.js';
export { moveCommits, type MoveCommits } from './move-commits.js';
export type { Hunk } from './hunks.js';
export type { ChangedFile } from './changed-files.js';
export type { TreeFile } from './tree-paths.js';
export { exportTree, type ExportReport } from './export-tree.js';
export { pushBranch, type PushRequest, type PushResult } from './push-branch.js';
export { reap, type ReapOptions, type ReapReport } from './reap.js';
export { Forges, type ForgesOptions } from './forges/forges.js';
export { ForgeError, type ForgeFailure } from './forges/forge.error.js';
export {
  type Forge,
  type ForgeFork,
  type ForgeProject,
  type PullActivity,
  type PullCheck,
  type PullComment,
  type PullHead,
  type PullRequest,
} from './forges/forge.port.js';
export { openPullRequest, type OpenedPullRequest } from './forges/open-pull-request.js';
export { isOurs, markerOf, ownPart, replaceOwnPart } from './forges/own-part.js';
export { CODEOWNERS_PATHS, ownersOf, type Owners } from './forges/codeowners.js';
export { fillTemplate, templatePath, type TemplateParts } from './forges/pull-request-template.js';
