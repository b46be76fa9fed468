import { type PrepareDependenciesOptions, type PreparedDependencies } from '../suite.js';

/** What an installer needs, worked out once. */
export interface Installation extends PrepareDependenciesOptions {
  key: string;
  /** Host folder of this installation. */
  folder: string;
  /** Runs a command in the sandbox; resolves to null when it succeeded, else to a sentence. */
  execute(
    argv: readonly [string, ...string[]],
    options: {
      network: 'none' | 'install';
      env?: Record<string, string>;
      writable?: string[];
      readOnly?: string[];
    },
  ): Promise<string | null>;
}

/** What an installer leaves: mounts and environment, relative paths resolved. */
export type Installed = Pick<
  PreparedDependencies,
  'status' | 'message' | 'readOnlyMounts' | 'writableMounts' | 'env'
> & {
  /** True when it is part of this tree, so that another tree needs its own. */
  inTree?: boolean;
};
