import { z } from 'zod';

const metadata = z.record(z.string(), z.unknown());

export const moduleSchema = z.object({
  id: z.string(),
  path: z.string(),
  featureId: z.string().nullable(),
  kind: z.array(z.string()),
  loc: z.int().nonnegative(),
  /** Git blob id of the content. */
  hash: z.string(),
  exports: z.array(z.string()),
  imports: z.array(z.string()),
  raw_imports: z.array(z.string()),
  moduleSummary: z.string(),
  framework: z.string().nullable(),
  frameworkConfidence: z.number().min(0).max(1),
  metadata,
});
export type GraphModule = z.infer<typeof moduleSchema>;

export const symbolKindSchema = z.enum([
  'function',
  'class',
  'interface',
  'method',
  'variable',
  'enum',
  'type',
  'component',
]);

export const symbolSchema = z.object({
  id: z.string(),
  moduleId: z.string(),
  name: z.string(),
  kind: symbolKindSchema,
  isExported: z.boolean(),
  isAsync: z.boolean(),
  returnType: z.string().nullable(),
  parameters: z.array(z.object({ name: z.string(), type: z.string().nullable() })),
  decorators: z.array(z.string()),
  genericParams: z.array(z.string()),
  signature: z.string(),
  visibility: z.enum(['public', 'protected', 'private', 'package']),
  summary: z.string(),
  /** `startLine` and `endLine`, 1-based and inclusive; `parent` is the id of the enclosing symbol. */
  metadata,
});
export type GraphSymbol = z.infer<typeof symbolSchema>;

export const endpointSchema = z.object({
  id: z.string(),
  method: z.string(),
  path: z.string(),
  handlerModuleId: z.string(),
  handlerSymbolId: z.string().nullable(),
  auth: z.string().nullable(),
  summary: z.string(),
});
export type GraphEndpoint = z.infer<typeof endpointSchema>;

export const edgeTypeSchema = z.enum([
  'imports',
  'calls',
  'implements',
  'extends',
  'routes-to',
  'uses-db',
  'tests',
  'contains',
]);
export const edgeSchema = z.object({
  from: z.string(),
  to: z.string(),
  type: edgeTypeSchema,
  weight: z.number(),
  /** `resolution` (exact, typed, name-unique, ambiguous) and, for calls and imports, `line`. */
  metadata,
});
export type GraphEdge = z.infer<typeof edgeSchema>;

export const featureSchema = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  summary: z.string(),
  moduleIds: z.array(z.string()),
});
export type GraphFeature = z.infer<typeof featureSchema>;

/** The Project Knowledge Graph: modules (files), symbols, endpoints and the edges between them. */
export const graphSchema = z.object({
  version: z.string(),
  generatedAt: z.iso.datetime(),
  gitSha: z.string(),
  project: z.object({
    id: z.string(),
    name: z.string(),
    rootPath: z.string(),
    languages: z.array(z.string()),
    frameworks: z.array(z.string()),
    buildTools: z.array(z.string()),
    summary: z.string(),
    metadata,
  }),
  features: z.array(featureSchema),
  modules: z.array(moduleSchema),
  symbols: z.array(symbolSchema),
  endpoints: z.array(endpointSchema),
  edges: z.array(edgeSchema),
  summaries: z.record(z.string(), z.string()),
});
export type ProjectGraph = z.infer<typeof graphSchema>;
