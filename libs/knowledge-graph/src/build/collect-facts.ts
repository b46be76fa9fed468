import { HilError } from '@hil/contracts';
import { ignoredReason, isManifest, MAX_SOURCE_BYTES } from '../discover/source-files.js';
import { openExtraction, type ExtractionPool } from '../extract/extraction-pool.js';
import { emptyFacts, EXTRACTOR_VERSION, type FileFacts } from '../extract/file-facts.js';
import { languageOf, type SourceLanguage } from '../syntax/language.js';
import type { BuildGraphInput, InputFile, SkippedFile } from './graph-input.js';

const BATCH = 24;
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
  const facts =
    (await input.cache?.getMany(sources.map(({ key }) => key))) ?? new Map<string, FileFacts>();
  const missing = sources.filter(({ key }) => !facts.has(key));
  result.cached = sources.length - missing.length;
  input.onProgress?.({ done: result.cached, total: sources.length });
  if (missing.length > 0) await extractMissing(input, missing, facts, sources.length);
  for (const { file, key } of sources.sort((a, b) => (a.file.path < b.file.path ? -1 : 1))) {
    const found = facts.get(key);
    if (!found) continue;
    if (found.skipped !== null) result.skipped.push({ path: file.path, reason: found.skipped });
    else {
      result.sources.push({ file, facts: found });
      if (found.partial !== null) {
        result.partlyRead.push({ path: file.path, reason: found.partial });
      }
    }
  }
  result.skipped.sort((a, b) => (a.path < b.path ? -1 : 1));
  return result;
}

async function extractMissing(
  input: BuildGraphInput,
  missing: readonly Source[],
  facts: Map<string, FileFacts>,
  total: number,
): Promise<void> {
  const pool = openExtraction(missing.length, input.signal);
  let next = 0;
  let done = total - missing.length;
  const lane = async (): Promise<void> => {
    while (next < missing.length) {
      input.signal?.throwIfAborted();
      const batch = missing.slice(next, (next += BATCH));
      const found = await extractBatch(pool, batch, input.signal);
      batch.forEach(({ key }, index) => {
        const one = found[index];
        if (one) facts.set(key, one);
      });
      await input.cache?.putMany(
        batch.flatMap(({ key }, i) => (found[i] ? [{ key, facts: found[i] }] : [])),
      );
      input.onProgress?.({ done: (done += batch.length), total });
    }
  };
  const lanes = Array.from({ length: pool.width }, lane);
  try {
    await Promise.all(lanes);
  } finally {
    await pool.close();
    await Promise.allSettled(lanes);
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
