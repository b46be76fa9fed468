export { temporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';
export { plainGit, plainGitEnvironment } from './plain-git.js';
export { createRepository, type FileMap, type TestRepository } from './repository.js';
export { type GitServerFaults } from './git-http.js';
export { startGitServer, type GitServer, type GitServerOptions } from './git-server.js';
export { FakeForge, type NewForgeRepository } from './forge/fake-forge.js';
export { type Fault, type FaultRule } from './forge/faults.js';
export { type ForgePull } from './forge/state.js';
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
export { dockerDaemonProblem, startDockerDaemon, type DockerDaemon } from './docker-daemon.js';
