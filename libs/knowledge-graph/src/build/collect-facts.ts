import { HilError } from '@hil/contracts';
import { ignoredReason, isManifest, MAX_SOURCE_BYTES } from '../discover/source-files.js';
import { isTestPath } from '../discover/test-files.js';
import { openExtraction, type ExtractionPool } from '../extract/extraction-pool.js';
import { emptyFacts, EXTRACTOR_VERSION, type FileFacts } from '../extract/file-facts.js';
import { languageOf, type SourceLanguage } from '../syntax/language.js';
import { DepthBudget } from './depth-budget.js';
import type { BuildGraphInput, InputFile, SkippedFile } from './graph-input.js';

const BATCH = 24;
/** Files whose facts are asked of the cache and read together: 40 batches. */
const WINDOW = 960;
/** See PKG_MEMORY_MB. */
const DEFAULT_MEMORY_MB = 1_500;
const MAX_MANIFEST_BYTES = 256_000;
const TOO_LARGE_MANIFEST = `manifest larger than ${MAX_MANIFEST_BYTES / 1_000} KB`;

export interface CollectedFacts {
  sources: { file: InputFile; facts: FileFacts }[];
  manifests: Map<string, string>;
  skipped: SkippedFile[];
  /** Files that were read, with why some of them may be missing. */
  partlyRead: SkippedFile[];
  otherFiles: number;
  /** Files whose facts came from the cache. */
  cached: number;
  /** Files kept at module level because of the memory that the graph may take, and why. */
  moduleLevel: Set<string>;
  moduleLevelReason: string | null;
}

interface Source {
  file: InputFile;
  language: SourceLanguage;
  key: string;
}

/** Reads what changed and takes the rest from the cache; files come back in path order. */
export async function collectFacts(input: BuildGraphInput): Promise<CollectedFacts> {
  const { signal } = input;
  const result: CollectedFacts = {
    sources: [],
    manifests: new Map(),
    skipped: [],
    partlyRead: [],
    otherFiles: 0,
    cached: 0,
    moduleLevel: new Set(),
    moduleLevelReason: null,
  };
  const sources: Source[] = [];
  for await (const file of input.files) {
    signal?.throwIfAborted();
    if (file.notRead !== undefined) {
      result.skipped.push({ path: file.path, reason: file.notRead });
      continue;
    }
    const language = languageOf(file.path);
    const ignored = ignoredReason(file.path);
    if (!ignored && isManifest(file.path)) {
      if (file.size <= MAX_MANIFEST_BYTES) {
        result.manifests.set(file.path, (await read(file)).toString('utf8'));
      } else result.skipped.push({ path: file.path, reason: TOO_LARGE_MANIFEST });
    }
    if (!language) result.otherFiles += 1;
    else if (ignored) result.skipped.push({ path: file.path, reason: ignored });
    else if (file.size > MAX_SOURCE_BYTES) {
      result.skipped.push({ path: file.path, reason: `larger than ${MAX_SOURCE_BYTES / 1e6} MB` });
    } else sources.push({ file, language, key: `${file.blobId}:${language}:${EXTRACTOR_VERSION}` });
  }
  await readSources(input, sources, result);
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  result.sources.sort((a, b) => byPath(a.file, b.file));
  result.skipped.sort(byPath);
  result.partlyRead.sort(byPath);
  return result;
}

/**
 * Gathers the facts of all sources, a window of them after the other, so that what the budget leaves out is
 * never in memory together. Tests come last: they are the first to be kept at module level.
 */
async function readSources(
  input: BuildGraphInput,
  sources: readonly Source[],
  result: CollectedFacts,
): Promise<void> {
  const { cache } = input;
  const ordered = inOrderOfDepth(sources);
  const known = (await cache?.known(ordered.map(({ key }) => key))) ?? new Set<string>();
  const missing = ordered.filter(({ key }) => !known.has(key)).length;
  const total = ordered.length;
  let done = total - missing;
  input.onProgress?.({ done, total });
  const budget = new DepthBudget(input.memoryMb ?? DEFAULT_MEMORY_MB, total);
  const reader = new WindowReader(input, missing, (read) =>
    input.onProgress?.({ done: Math.min((done += read), total), total }),
  );
  try {
    for (let start = 0; start < total; start += WINDOW) {
      const window = ordered.slice(start, start + WINDOW);
      const facts =
        (await cache?.getMany(window.map(({ key }) => key))) ?? new Map<string, FileFacts>();
      result.cached += window.filter(({ key }) => facts.has(key)).length;
      await reader.readMissing(window, facts);
      for (const { file, key } of window) {
        const found = facts.get(key);
        if (found) keep(file, found, budget, result);
      }
    }
  } finally {
    await reader.close();
  }
  if (budget.isUsedUp) result.moduleLevelReason = budget.reason;
}

/** Path order, tests behind all others: where memory does not reach, they tell least. */
function inOrderOfDepth(sources: readonly Source[]): Source[] {
  const rank = sources.map((source) => ({ source, isTest: isTestPath(source.file.path) }));
  rank.sort((a, b) =>
    a.isTest === b.isTest ? (a.source.file.path < b.source.file.path ? -1 : 1) : a.isTest ? 1 : -1,
  );
  return rank.map(({ source }) => source);
}

function keep(
  file: InputFile,
  found: FileFacts,
  budget: DepthBudget,
  result: CollectedFacts,
): void {
  if (found.skipped !== null) {
    result.skipped.push({ path: file.path, reason: found.skipped });
    return;
  }
  const facts = budget.admit(found);
  if (budget.isUsedUp) result.moduleLevel.add(file.path);
  result.sources.push({ file, facts });
  if (found.partial !== null) result.partlyRead.push({ path: file.path, reason: found.partial });
}

/** Reads the files of windows whose facts nobody knows; threads live until `close`. */
class WindowReader {
  private pool: ExtractionPool | undefined;

  constructor(
    private readonly input: BuildGraphInput,
    /** In all windows together: for a few, threads do not pay. */
    private readonly missing: number,
    private readonly onRead: (files: number) => void,
  ) {}

  /** Adds to `facts` what was not there, and tells the cache. */
  async readMissing(window: readonly Source[], facts: Map<string, FileFacts>): Promise<void> {
    const missing = window.filter(({ key }) => !facts.has(key));
    if (missing.length === 0) return;
    const { signal, cache } = this.input;
    const pool = (this.pool ??= openExtraction(Math.max(this.missing, missing.length), signal));
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < missing.length) {
        signal?.throwIfAborted();
        const batch = missing.slice(next, (next += BATCH));
        const found = await extractBatch(pool, batch, signal);
        batch.forEach(({ key }, index) => {
          const one = found[index];
          if (one) facts.set(key, one);
        });
        await cache?.putMany(
          batch.flatMap(({ key }, i) => (found[i] ? [{ key, facts: found[i] }] : [])),
        );
        this.onRead(batch.length);
      }
    };
    const lanes = Array.from({ length: pool.width }, lane);
    try {
      await Promise.all(lanes);
    } catch (error) {
      await this.close();
      await Promise.allSettled(lanes);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.pool?.close();
  }
}

/** Facts of a batch; when a thread ends on it, its files are tried one by one and the bad one is named. */
async function extractBatch(
  pool: ExtractionPool,
  batch: readonly Source[],
  signal?: AbortSignal,
): Promise<FileFacts[]> {
  const files = await Promise.all(
    batch.map(async ({ file, language }) => ({
      language,
      bytes: new Uint8Array(await read(file)),
    })),
  );
  try {
    return await pool.extract({ files });
  } catch (error) {
    signal?.throwIfAborted();
    if (files.length > 1) {
      const facts: FileFacts[] = [];
      for (const one of batch) facts.push(...(await extractBatch(pool, [one], signal)));
      return facts;
    }
    const message = error instanceof Error ? error.message : String(error);
    return files.map(({ language }) => emptyFacts(language, `the parser ended on it: ${message}`));
  }
}

async function read(file: InputFile): Promise<Buffer> {
  try {
    return await file.read();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    throw new HilError(
      'internal_error',
      `Reading ${file.path} from the repository failed; try again.`,
      {
        cause,
        retryable: true,
      },
    );
  }
}
