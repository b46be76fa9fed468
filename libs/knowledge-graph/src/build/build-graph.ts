import { createHash } from 'node:crypto';
import type {
  GraphEdge,
  GraphFeature,
  GraphModule,
  GraphSymbol,
  ProjectGraph,
} from '@hil/contracts';
import { prismaModels } from '../database/entities.js';
import { readEndpointSettings } from '../discover/endpoint-settings.js';
import { FeatureFolders } from '../discover/features.js';
import { readProjectFacts, type ProjectFacts } from '../discover/project-facts.js';
import type { SourceUnit } from '../resolve/source-unit.js';
import { checkProject, type ProjectCheck } from './check-project.js';
import { collectFacts, type CollectedFacts } from './collect-facts.js';
import type { BuildGraphInput } from './graph-input.js';
import { featureId, moduleId } from './ids.js';
import { linkEdges } from './link-edges.js';
import { breathe, linkUnits } from './link-units.js';
import { frameworkOf, kindsOf } from './module-kinds.js';
import { publicApi } from './public-api.js';

/** Version of the graph's shape (semver). */
export const GRAPH_VERSION = '1.0.0';

/**
 * Builds the Project Knowledge Graph of a list of tracked files. Bad files never fail it: they are
 * listed with a reason under `project.metadata`, as `skipped` or `partlyRead`.
 * @throws the signal's reason on abort; HilError `internal_error` when a file cannot be read.
 */
export async function buildGraph(input: BuildGraphInput): Promise<ProjectGraph> {
  const collected = await collectFacts(input);
  const project = readProjectFacts(collected.manifests);
  input.onPhase?.('linking', collected.sources.length);
  const table = await linkUnits(collected, project, input.rootDir, input.signal);
  // From here on the table alone holds the facts of files, and lets go of them as they become parts of the graph.
  collected.sources = [];
  const checked = await checkProject(input, table, collected.moduleLevel);
  const { edges, endpoints } = await linkEdges(
    table,
    checked.files,
    {
      ...readEndpointSettings(collected.manifests),
      prismaModels: prismaModels(collected.manifests),
    },
    input.signal,
  );
  const folders = new FeatureFolders([...table.units.keys()]);
  const described = describe(input, collected, project, table.units.values(), checked);
  const offered = publicApi(table, project);
  const { modules, symbols } = await nodesOf(
    table.release(),
    project,
    offered,
    folders,
    edges,
    collected.moduleLevel,
    input.signal,
  );
  const features = featuresOf(modules, folders);
  for (const feature of features) {
    for (const id of feature.moduleIds) {
      edges.push({
        from: feature.id,
        to: id,
        type: 'contains',
        weight: 1,
        metadata: { resolution: 'exact' },
      });
    }
  }
  const graph: ProjectGraph = {
    version: GRAPH_VERSION,
    generatedAt: new Date().toISOString(),
    gitSha: input.project.gitSha,
    project: described,
    features,
    modules,
    symbols,
    endpoints,
    edges,
    summaries: {},
  };
  graph.project.summary ||= sizeSummary(graph);
  return graph;
}

function describe(
  input: BuildGraphInput,
  collected: CollectedFacts,
  project: ProjectFacts,
  units: Iterable<SourceUnit>,
  checked: ProjectCheck,
): ProjectGraph['project'] {
  const lines = new Map<string, number>();
  for (const { facts } of units) {
    const language = facts.language === 'tsx' ? 'typescript' : facts.language;
    lines.set(language, (lines.get(language) ?? 0) + facts.loc);
  }
  const { name, rootPath } = input.project;
  return {
    id: `prj:${createHash('sha256').update(`${name}\0${rootPath}`).digest('hex').slice(0, 16)}`,
    name,
    rootPath,
    languages: [...lines].sort((a, b) => b[1] - a[1]).map(([language]) => language),
    frameworks: project.frameworks,
    buildTools: project.buildTools,
    summary: project.description,
    metadata: {
      skipped: collected.skipped,
      partlyRead: collected.partlyRead,
      otherFiles: collected.otherFiles,
      moduleLevel: {
        files: collected.moduleLevel.size,
        reason: collected.moduleLevelReason,
      },
      filesFromCache: collected.cached,
      callChecker: {
        filesChecked: checked.files.size,
        fromCache: checked.fromCache > 0 && checked.fromCache === checked.files.size,
        filesFromCache: checked.fromCache,
        note: checked.reason,
      },
      linesByLanguage: Object.fromEntries(lines),
      manifests: [...collected.manifests.keys()].sort(),
    },
  };
}

/** The modules and symbols of all units. */
async function nodesOf(
  units: Iterable<SourceUnit>,
  project: ProjectFacts,
  offered: ReadonlyMap<string, string>,
  folders: FeatureFolders,
  edges: readonly GraphEdge[],
  moduleLevel: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<{ modules: GraphModule[]; symbols: GraphSymbol[] }> {
  const imports = new Map<string, string[]>();
  for (const edge of edges) {
    if (edge.type !== 'imports' || edge.metadata['resolution'] === 'ambiguous') continue;
    const list = imports.get(edge.from);
    if (list) list.push(edge.to);
    else imports.set(edge.from, [edge.to]);
  }
  const entries = new Set(project.entryFiles);
  const modules: GraphModule[] = [];
  const symbols: GraphSymbol[] = [];
  for (const unit of units) {
    const { path, blobId, facts, ids } = unit;
    await breathe(modules.length, signal);
    for (const symbol of symbolsOf(unit, offered)) symbols.push(symbol);
    const framework = frameworkOf(facts);
    modules.push({
      id: moduleId(path),
      path,
      featureId: featureId(folders.featureOf(path)),
      kind: kindsOf(path, facts),
      loc: facts.loc,
      hash: blobId,
      exports: ids.filter((_, index) => facts.symbols[index]?.isExported),
      imports: imports.get(moduleId(path)) ?? [],
      raw_imports: [...new Set(facts.imports.map(({ raw }) => raw))],
      moduleSummary: facts.summary,
      framework,
      frameworkConfidence: framework === null ? 0 : 1,
      metadata: {
        language: facts.language,
        isEntryPoint: facts.isEntryPoint || entries.has(path),
        hasSyntaxErrors: facts.hasSyntaxErrors,
        ...(facts.namespaces.length > 0 ? { namespaces: facts.namespaces } : {}),
        ...(moduleLevel.has(path) ? { depth: 'module' } : {}),
      },
    });
  }
  return { modules, symbols };
}

/** Field by field: copied by a rest pattern, a million symbols took five times the memory. */
function symbolsOf(unit: SourceUnit, offered: ReadonlyMap<string, string>): GraphSymbol[] {
  const home = moduleId(unit.path);
  return unit.facts.symbols.map((symbol, index) => ({
    id: unit.ids[index] ?? '',
    moduleId: home,
    name: symbol.name,
    kind: symbol.kind,
    isExported: symbol.isExported,
    isAsync: symbol.isAsync,
    returnType: symbol.returnType,
    parameters: symbol.parameters,
    decorators: symbol.decorators,
    genericParams: symbol.genericParams,
    signature: symbol.signature,
    visibility: symbol.visibility,
    summary: '',
    metadata: {
      qualified: symbol.qualified,
      startLine: symbol.startLine,
      endLine: symbol.endLine,
      parent: symbol.parent === null ? null : (unit.ids[symbol.parent] ?? null),
      ...publicApiOf(offered.get(unit.ids[index] ?? '')),
    },
  }));
}

function publicApiOf(library: string | undefined): { publicApi?: string } {
  return library === undefined ? {} : { publicApi: library };
}

function featuresOf(modules: readonly GraphModule[], folders: FeatureFolders): GraphFeature[] {
  const byFolder = new Map<string, string[]>();
  for (const { id, path } of modules) {
    const folder = folders.featureOf(path);
    const ids = byFolder.get(folder);
    if (ids) ids.push(id);
    else byFolder.set(folder, [id]);
  }
  return [...byFolder]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, moduleIds]) => ({
      id: featureId(folder),
      name: folder === '.' ? 'root' : (folder.split('/').at(-1) ?? folder),
      path: folder,
      summary: `${moduleIds.length} modules`,
      moduleIds,
    }));
}

function sizeSummary({ project, modules, symbols, endpoints }: ProjectGraph): string {
  const languages = project.languages.join(', ') || 'no source language that is read';
  return `${modules.length} modules, ${symbols.length} symbols and ${endpoints.length} endpoints in ${languages}`;
}
