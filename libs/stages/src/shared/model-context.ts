import type { Overlay } from '@hil/code-editing';
import type { GraphSymbol, ProjectGraph } from '@hil/contracts';
import { type RankedFile, rankFiles } from '@hil/knowledge-graph';
import { fenced } from '@hil/language-models';
import type { NewArtifact } from '@hil/workflow';

/** Characters of code that make a token, on average; a little low, so that the budget holds. */
const CHARS_PER_TOKEN = 3.4;
const MAX_FILES = 30;
/** Share of the budget for signatures; the rest is for bodies. */
const OUTLINE_SHARE = 0.35;
/** A longer file is left to `read_file`. */
const MAX_BODY_SHARE = 0.4;
/** Files whose text takes part in the ranking, and characters of all of them: a second or so of work. */
const MAX_READ_FILES = 2_000;
const MAX_READ_CHARS = 24_000_000;
/** Above this a file is generated or data. */
const MAX_RANKED_CHARS = 400_000;

/** A file of the context, and how much of it the model sees. */
export interface ContextFile extends RankedFile {
  shown: 'body' | 'signatures' | 'name';
}

export interface ModelContext {
  /** Fenced text for a prompt. */
  text: string;
  files: ContextFile[];
  tokens: number;
}

/** What a text takes of a token budget; an estimate. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN);
}

/**
 * Chooses what a model sees of a repository: files ranked by the graph, signatures of many first, then the bodies
 * of the best, within a budget of tokens.
 */
export async function modelContext(options: {
  graph: ProjectGraph;
  overlay: Overlay;
  request: string;
  targets: readonly string[];
  budgetTokens: number;
}): Promise<ModelContext> {
  const { graph, overlay, request, targets, budgetTokens } = options;
  const texts = await textsFor({ graph, overlay, request, targets });
  const ranked = rankFiles(graph, request, { targets, texts, limit: MAX_FILES });
  const symbols = symbolsByPath(graph);
  const outlines = new Map<string, string>();
  let tokens = 0;
  for (const { path } of ranked) {
    const outline = outlineOf(path, symbols.get(path) ?? []);
    const cost = tokensOf(outline);
    if (tokens + cost > budgetTokens * OUTLINE_SHARE) break;
    tokens += cost;
    outlines.set(path, outline);
  }
  const bodies = new Map<string, string>();
  for (const { path } of ranked) {
    const text = await overlay.tryRead(path).catch(() => null);
    if (text === null) continue;
    const body = fenced(path, numbered(text));
    const cost = tokensOf(body);
    if (cost > budgetTokens * MAX_BODY_SHARE || tokens + cost > budgetTokens) continue;
    tokens += cost;
    bodies.set(path, body);
  }
  const files = ranked.map((file): ContextFile => {
    const shown = bodies.has(file.path) ? 'body' : outlines.has(file.path) ? 'signatures' : 'name';
    return { ...file, shown };
  });
  const outlined = files.flatMap(({ path }) =>
    bodies.has(path) ? [] : (outlines.get(path) ?? []),
  );
  const text = [
    'Files that look relevant, the most relevant first (read others with the tools):',
    ...files.flatMap(({ path }) => bodies.get(path) ?? []),
    ...(outlined.length === 0
      ? []
      : ['Signatures of further files:', fenced('signatures', outlined.join('\n\n'))]),
  ].join('\n\n');
  return { text, files, tokens: tokensOf(text) };
}

/** The choice as lines for the log. */
export function contextLines({ files, tokens }: ModelContext): string[] {
  const lines = files
    .filter(({ shown }) => shown !== 'name')
    .map(
      ({ path, shown, score, reasons }) =>
        `${path} (${shown}, ${score.toFixed(2)}: ${reasons.join('; ') || 'near in words or graph'})`,
    );
  return [`context: ${lines.length} files, about ${tokens} tokens`, ...lines];
}

/** The choice as it is kept with the run. */
export function contextArtifact(context: ModelContext): NewArtifact {
  const content = JSON.stringify({ tokens: context.tokens, files: context.files }, null, 1);
  return { kind: 'context', mediaType: 'application/json', content: Buffer.from(content) };
}

/** What files say, of all in a repository of usual size, else of those whose names come nearest to the request. */
async function textsFor(options: {
  graph: ProjectGraph;
  overlay: Overlay;
  request: string;
  targets: readonly string[];
}): Promise<Map<string, string>> {
  const { graph, overlay, request, targets } = options;
  const all = graph.modules.map(({ path }) => path);
  const nearest =
    all.length <= MAX_READ_FILES
      ? all
      : rankFiles(graph, request, { targets, limit: MAX_READ_FILES }).map(({ path }) => path);
  const texts = new Map<string, string>();
  let chars = 0;
  for (const path of nearest) {
    const text = await overlay.tryRead(path).catch(() => null);
    if (text === null || text.length > MAX_RANKED_CHARS) continue;
    chars += text.length;
    if (chars > MAX_READ_CHARS) break;
    texts.set(path, text);
  }
  return texts;
}

function numbered(text: string): string {
  return text
    .split('\n')
    .map((line, index) => `${index + 1}: ${line}`)
    .join('\n');
}

function outlineOf(path: string, symbols: readonly GraphSymbol[]): string {
  return [path, ...symbols.slice(0, 40).map(({ signature }) => `  ${signature}`)].join('\n');
}

function symbolsByPath(graph: ProjectGraph): Map<string, GraphSymbol[]> {
  const paths = new Map(graph.modules.map(({ id, path }) => [id, path]));
  const found = new Map<string, GraphSymbol[]>();
  for (const symbol of graph.symbols) {
    const path = paths.get(symbol.moduleId);
    if (path === undefined) continue;
    const list = found.get(path);
    if (list === undefined) found.set(path, [symbol]);
    else list.push(symbol);
  }
  return found;
}
