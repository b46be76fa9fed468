import { posix } from 'node:path';
import { withoutEscapes } from './without-escapes.js';

/** A place in the repository that a stack trace leads through. */
export interface Frame {
  /** Posix path relative to the repository root. */
  file: string;
  line: number;
  /** The function, where the trace names it. */
  name?: string;
}

/** How paths of a trace become paths of the repository. */
export interface TracePlace {
  /** The repository's root as the tests see it. */
  root: string;
  /** Folder the tests ran in, relative to the root. */
  cwd: string;
  /** Folder of the failing test; some tools print paths relative to it. */
  testFolder?: string;
  /** Innermost frame last, as Python prints. */
  innermostLast: boolean;
  /** True for a file of the repository. */
  isFile: (path: string) => boolean;
  /** Finds `com/acme/ATest.java` below the source folders; for traces that name classes only. */
  bySuffix?: (suffix: string) => string | undefined;
}

const MAX_FRAMES = 8;
const MAX_MESSAGE = 4_000;
/** `at pkg.Class.method(File.java:12)` */
const JAVA_FRAME =
  /\bat (?:[\w.@-]+\/)?([\w$.]+)\.([\w$<>]+)\((\w+\.(?:java|kt|scala|groovy)):(\d+)\)/;
const PYTHON_FRAME = /File "([^"]+)", line (\d+)(?:, in (\S+))?/;
const DOTNET_FRAME = /\bat (.+?) in (.+?):line (\d+)/;
const PLAIN_FRAME =
  /(?:\bat (?:async )?([^\s(]+) \()?((?:file:\/\/)?[^\s():"'<>|]+\.[A-Za-z]{1,5}):(\d+)(?::\d+)?/;

/** The frames of a failure's text that lie in the repository's own files, innermost first. */
export function framesIn(text: string, place: TracePlace): Frame[] {
  const frames: Frame[] = [];
  for (const line of text.split('\n')) {
    const frame = frameOf(line, place);
    if (frame === undefined) continue;
    const last = frames.at(-1);
    if (last?.file === frame.file && last.line === frame.line) continue;
    frames.push(frame);
    if (!place.innermostLast && frames.length >= MAX_FRAMES) break;
  }
  return (place.innermostLast ? frames.reverse() : frames).slice(0, MAX_FRAMES);
}

function frameOf(text: string, place: TracePlace): Frame | undefined {
  const java = JAVA_FRAME.exec(text);
  if (java !== null) {
    const [, type = '', method = '', file = '', line = ''] = java;
    const folder = type.split('.').slice(0, -1).join('/');
    const path = place.bySuffix?.(folder === '' ? file : `${folder}/${file}`);
    return path === undefined ? undefined : { file: path, line: Number(line), name: method };
  }
  const python = PYTHON_FRAME.exec(text);
  if (python !== null) return located(place, python[1] ?? '', python[2] ?? '', python[3]);
  const dotnet = DOTNET_FRAME.exec(text);
  if (dotnet !== null) return located(place, dotnet[2] ?? '', dotnet[3] ?? '', dotnet[1]);
  const plain = PLAIN_FRAME.exec(text);
  return plain === null ? undefined : located(place, plain[2] ?? '', plain[3] ?? '', plain[1]);
}

function located(
  place: TracePlace,
  path: string,
  line: string,
  name: string | undefined,
): Frame | undefined {
  const number = Number(line);
  if (!Number.isSafeInteger(number) || number < 1) return undefined;
  const plain = path.replace(/^file:\/\//, '').replaceAll('\\', '/');
  const candidates = posix.isAbsolute(plain)
    ? [posix.relative(place.root, plain)]
    : [...new Set([place.cwd, place.testFolder ?? '.', '.'])].map((at) => posix.join(at, plain));
  const file = candidates.find(
    (one) => !one.startsWith('../') && !/(^|\/)node_modules\//.test(one) && place.isFile(one),
  );
  if (file === undefined) return undefined;
  return { file, line: number, ...(name === undefined ? {} : { name }) };
}

const FOREIGN_FRAME =
  /^\s*(?:at\b.*(?:node_modules\/|\bnode:|internal\/process)|at (?:async )?(?:java|jdk|javax|sun|com\.sun|org\.junit|junit|org\.apache\.maven|org\.testng|org\.gradle|worker\.org\.gradle|System\.|Xunit\.|NUnit\.|Microsoft\.)[\w$./@]*[.(]|❯ .*node_modules\/)/;

/**
 * A failure's text for people and prompts: paths relative to the repository, no colours, no frames of
 * runtimes and frameworks, at most 4,000 characters of which the end is kept too.
 */
export function trimFailure(text: string, root: string): string {
  const lines = withoutEscapes(text)
    .replaceAll(`file://${root}/`, '')
    .replaceAll(`${root}/`, '')
    .split('\n')
    .map((line) => line.trimEnd());
  const own = lines.filter((line) => !FOREIGN_FRAME.test(line));
  const joined = own
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if (joined.length <= MAX_MESSAGE) return joined;
  const head = joined.slice(0, MAX_MESSAGE * 0.65);
  const tail = joined.slice(-MAX_MESSAGE * 0.3);
  return `${head}\n... ${joined.length - head.length - tail.length} characters left out ...\n${tail}`;
}
