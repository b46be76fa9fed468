export { temporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';
export { plainGit, plainGitEnvironment } from './plain-git.js';
export { createRepository, type FileMap, type TestRepository } from './repository.js';
export {
  startGitServer,
  type GitServer,
  type GitServerFaults,
  type GitServerOptions,
} from './git-server.js';
export { requireOrSkip, type Declare } from './require-or-skip.js';
export {
  startModelEndpoint,
  type ModelEndpoint,
  type ModelScript,
  type ScriptedAnswer,
  type ScriptedCall,
  type SeenRequest,
  type WireFault,
} from './model-endpoint.js';
