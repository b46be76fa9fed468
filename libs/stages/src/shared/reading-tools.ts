import { type Overlay, didYouMean } from '@hil/code-editing';
import type { ProjectGraph } from '@hil/contracts';
import { GraphQueries, explainPath, whatDependsOn, whoCalls } from '@hil/knowledge-graph';
import { type Tool, fenced, tool } from '@hil/language-models';
import { z } from 'zod';

/** Lines of one read, and characters of one answer: a model reads on when it needs more. */
const MAX_LINES = 400;
const MAX_CHARS = 24_000;
const MAX_HITS = 60;
/** Files above this are generated or data, and searching them tells nothing. */
const MAX_SEARCHED_CHARS = 400_000;
const MAX_LINE_CHARS = 240;

/** What the tools look at. */
export interface ReadableProject {
  /** The tree with the edits made so far. */
  overlay: Overlay;
  /** Paths that exist, with the edits made so far. */
  files: () => readonly string[];
  graph: ProjectGraph;
  signal: AbortSignal;
}

/** `read_file`, `search_code` and `query_graph`; what they answer is fenced as text of strangers. */
export function readingTools<R>(project: ReadableProject): Record<string, Tool<R>> {
  return {
    read_file: tool({
      description: `Reads a file of the repository, with line numbers; at most ${MAX_LINES} lines at once.`,
      schema: z.object({
        path: z.string().min(1),
        start: z.int().positive().optional().describe('first line, 1-based'),
        end: z.int().positive().optional().describe('last line, inclusive'),
      }),
      run: async (input) => ({ reply: await readLines(project, input) }),
    }),
    search_code: tool({
      description: 'Finds lines that contain a text, in all files; case does not matter.',
      schema: z.object({ query: z.string().min(2).max(200) }),
      run: async ({ query }) => ({ reply: await search(project, query) }),
    }),
    query_graph: tool({
      description:
        'Asks the code graph: of a symbol, where it is declared and who calls it; of a path, what it holds, uses and what depends on it.',
      schema: z.object({ symbol: z.string().optional(), path: z.string().optional() }),
      run: (input) => ({ reply: queryGraph(project.graph, input) }),
    }),
  };
}

async function readLines(
  { overlay, files }: ReadableProject,
  { path, start = 1, end }: { path: string; start?: number | undefined; end?: number | undefined },
): Promise<string> {
  if (!files().includes(path)) return `There is no file ${path}.${didYouMean(path, files())}`;
  const text = await overlay.tryRead(path);
  if (text === null) return `${path} is binary or too large to read.`;
  const lines = text.split('\n');
  const last = Math.min(end ?? Infinity, start + MAX_LINES - 1, lines.length);
  const shown = lines.slice(start - 1, last).map((line, index) => `${start + index}: ${line}`);
  const more =
    (last < lines.length ? `\n(${lines.length} lines in all)` : '') +
    `\n(base_blob ${(await overlay.blobOf(path)) ?? 'none'})`;
  return fenced(`${path}:${start}-${last}`, shown.join('\n').slice(0, MAX_CHARS)) + more;
}

async function search({ overlay, files, signal }: ReadableProject, query: string): Promise<string> {
  const wanted = query.toLowerCase();
  const hits: string[] = [];
  let more = 0;
  for (const path of files()) {
    signal.throwIfAborted();
    const text = await overlay.tryRead(path).catch(() => null);
    if (text === null || text.length > MAX_SEARCHED_CHARS) continue;
    if (!text.toLowerCase().includes(wanted)) continue;
    for (const [index, line] of text.split('\n').entries()) {
      if (!line.toLowerCase().includes(wanted)) continue;
      if (hits.length < MAX_HITS)
        hits.push(`${path}:${index + 1}: ${line.trim().slice(0, MAX_LINE_CHARS)}`);
      else more += 1;
    }
  }
  if (hits.length === 0) return `No line contains "${query}".`;
  return fenced(`search ${query}`, hits.join('\n')) + (more > 0 ? `\n(${more} more lines)` : '');
}

function queryGraph(
  graph: ProjectGraph,
  { symbol, path }: { symbol?: string | undefined; path?: string | undefined },
): string {
  const queries = new GraphQueries(graph);
  const answers: string[] = [];
  if (symbol !== undefined && symbol !== '') {
    const declared = queries.symbolsByName(symbol).map((one) => {
      const module = graph.modules.find(({ id }) => id === one.moduleId);
      return `${one.signature} in ${module?.path ?? '?'}, lines ${JSON.stringify(one.metadata['lines'] ?? one.metadata['range'] ?? null)}`;
    });
    answers.push(declared.length === 0 ? `No symbol is named ${symbol}.` : declared.join('\n'));
    if (declared.length > 0) answers.push(whoCalls(queries, symbol).answer);
  }
  if (path !== undefined && path !== '') {
    answers.push(explainPath(queries, path).answer, whatDependsOn(queries, path).answer);
  }
  if (answers.length === 0) return 'Give a symbol or a path.';
  return fenced('graph', answers.join('\n\n').slice(0, MAX_CHARS));
}
