import { refused } from './refused.js';
import {
  type SandboxDriver,
  type SandboxProbe,
  type SandboxResult,
  type SandboxRunOptions,
  type SandboxSpec,
} from './sandbox.js';
import { type Toolchains } from './toolchains.js';

/** Another driver without the install phase: what the operator wants with SANDBOX_NETWORK=none. */
export class OfflineDriver implements SandboxDriver {
  readonly name;
  readonly isolatesFilesystem;

  constructor(private readonly inner: SandboxDriver) {
    this.name = inner.name;
    this.isolatesFilesystem = inner.isolatesFilesystem;
  }

  prepare(): Promise<SandboxResult> {
    const message = "dependencies can't be installed: SANDBOX_NETWORK=none forbids any network";
    return Promise.resolve(refused(this.name, message));
  }

  workspacePath(workspace: string): string {
    return this.inner.workspacePath(workspace);
  }

  probe(): Promise<SandboxProbe> {
    return this.inner.probe();
  }

  toolchains(image?: string): Promise<Toolchains> {
    return this.inner.toolchains(image);
  }

  run(spec: SandboxSpec, options?: SandboxRunOptions): Promise<SandboxResult> {
    return this.inner.run(spec, options);
  }

  kill(id: string): Promise<number> {
    return this.inner.kill(id);
  }

  reap(): Promise<number> {
    return this.inner.reap();
  }
}
