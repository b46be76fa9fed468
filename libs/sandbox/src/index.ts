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
export { ProcessDriver } from './process.driver.js';
export {
  selectSandbox,
  type SandboxAttempt,
  type SandboxSelection,
  type SelectSandboxOptions,
} from './select-sandbox.js';
export { discoverToolchains, type ToolName, type Toolchains } from './toolchains.js';
