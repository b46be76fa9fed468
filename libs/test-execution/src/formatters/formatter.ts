import { type ToolCall } from '../checks/run-tool.js';

/** A formatter that the repository has configured for itself, and the changed files that it is for. Plain data. */
export interface Formatter extends Omit<ToolCall, 'argv'> {
  /** What configures it. */
  reason: string;
  /** The files are put after it. */
  argv: [string, ...string[]];
  /** Relative to `cwd`; never empty. */
  files: string[];
  /** Set when it can't be run whatever the sandbox, with the reason. */
  notRun?: string;
}
