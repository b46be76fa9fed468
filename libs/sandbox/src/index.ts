export {
  DEFAULT_DISK_MB,
  type OutputStream,
  type SandboxDriver,
  type SandboxDriverName,
  type SandboxEndReason,
  type SandboxLimits,
  type SandboxMount,
  type SandboxProbe,
  type SandboxResult,
  type SandboxRunOptions,
  type SandboxSpec,
} from './sandbox.js';
export { BubblewrapDriver } from './bubblewrap.driver.js';
export { DockerDriver, type DockerDriverOptions } from './docker/docker.driver.js';
export {
  imageForRepository,
  type ChosenImage,
  type RepositoryImageOptions,
} from './docker/repository-image.js';
export { ProcessDriver } from './process.driver.js';
export { listArtifacts, readArtifact } from './read-artifact.js';
export {
  reapSandboxes,
  selectSandbox,
  unsandboxedProblem,
  type SandboxAttempt,
  type SandboxSelection,
  type SandboxSettings,
  type SelectSandboxOptions,
} from './select-sandbox.js';
export { discoverToolchains, type ToolName, type Toolchains } from './toolchains.js';
