import type { Config } from '@hil/config';
import type { GraphCache } from '@hil/knowledge-graph';
import type { Models, ProjectMemory, UsageLedger } from '@hil/language-models';
import type { Forges } from '@hil/version-control';
import type { EffectLedger, RunHistory } from '@hil/workflow';
import type { RecentGraphs } from './recent-graphs.js';
import type { RunRepositories } from './run-repositories.js';

/** What the stage handlers need of the process they run in. */
export interface StageServices {
  config: Config;
  repositories: RunRepositories;
  /** Null when PKG_CACHE_ENABLED is off. */
  graphCache: GraphCache | null;
  /** Memory in MB that the graph of a run and the process of its checker may take. */
  graphMemory: { graphMb: number; checkerMb: number };
  recentGraphs: RecentGraphs;
  effects: EffectLedger;
  history: RunHistory;
  /** Null when LLM_MODEL is not set: then the recipes are all there is. */
  models: Models | null;
  usage: UsageLedger;
  memory: ProjectMemory;
  forges: Forges;
  /** Masks the secrets of this installation, and what has the form of one, in text that leaves it. */
  redact: (text: string) => string;
}

/** Injection tokens. */
export const STAGE_SERVICES = Symbol('STAGE_SERVICES');
export const STAGE_EXECUTOR = Symbol('STAGE_EXECUTOR');
