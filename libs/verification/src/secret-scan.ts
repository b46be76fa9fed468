import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import { addedLines, type AddedLine, type ChangedFile } from './change.js';
import { isEverybodys, ownFindings, type Hit } from './secret-patterns.js';
import { runGitleaks } from './tools/gitleaks.js';

/** A secret that must not be published. Never holds the secret itself. */
export interface SecretFinding {
  /** A path, or `commit message` and the like. */
  where: string;
  /** 1-based, in the new file or the text. */
  line: number;
  /** What it looks like, such as `GITHUB_TOKEN`. */
  kind: string;
  /** The first characters and the length, such as `ghp_… (40 characters)`. */
  masked: string;
}

/** What {@link findSecrets} reads. */
export interface SecretScanInput {
  files: readonly ChangedFile[];
  /** Other text that will be published, by the name a finding shall carry. */
  texts?: readonly { name: string; text: string }[];
  /** Values that are secret whatever they look like: those of our own configuration. */
  knownSecrets?: readonly string[];
}

const PRESET_ID = '@secretlint/secretlint-rule-preset-recommend';
const CONFIG = { rules: [{ id: PRESET_ID, rule: recommended }] };

/** A text that will be published: the added lines of a file with their numbers in it, or another text. */
interface Source {
  name: string;
  lines: readonly AddedLine[];
  content: string;
}

function sourcesOf(input: SecretScanInput): Source[] {
  const sources = [
    ...input.files.map((file) => ({ name: file.path, lines: addedLines(file.diff) })),
    ...(input.texts ?? []).map(({ name, text }) => ({
      name,
      lines: text.split('\n').map((line, index) => ({ line: index + 1, text: line })),
    })),
  ];
  return sources
    .filter(({ lines }) => lines.length > 0)
    .map((source) => ({ ...source, content: source.lines.map(({ text }) => text).join('\n') }));
}

/** The same with gitleaks, which knows other kinds. @throws Error when it breaks */
export async function findLeaks(
  program: string,
  input: SecretScanInput,
  signal?: AbortSignal,
): Promise<SecretFinding[]> {
  const sources = sourcesOf(input);
  const leaks = await runGitleaks(
    program,
    sources.map(({ content }) => content),
    signal,
  );
  return leaks.map(({ text, line, rule, secret }) => ({
    where: sources[text]?.name ?? '',
    line: sources[text]?.lines[line - 1]?.line ?? 0,
    kind: rule,
    masked: mask(secret),
  }));
}

/** Looks for secrets in added lines and in texts; what was in the repository before does not count. */
export async function findSecrets(input: SecretScanInput): Promise<SecretFinding[]> {
  const known = (input.knownSecrets ?? []).filter((secret) => secret.length >= 6);
  const findings: SecretFinding[] = [];
  for (const { name, lines, content } of sourcesOf(input)) {
    const hits = [
      ...(await lint(name, content)),
      ...ownFindings(content),
      ...known.flatMap((secret) => positions(content, secret)),
    ];
    for (const hit of withoutOverlaps(hits)) {
      const index = content.slice(0, hit.start).split('\n').length - 1;
      findings.push({
        where: name,
        line: lines[index]?.line ?? 0,
        kind: hit.kind,
        masked: mask(content.slice(hit.start, hit.end)),
      });
    }
  }
  return findings;
}

async function lint(name: string, text: string): Promise<Hit[]> {
  // A comment in the repository must not be able to switch the check off. The preset obeys such
  // comments even with its filter rule disabled, so they are made unreadable at the same length.
  const content = text.replaceAll('secretlint-', 'secretlint_');
  const result = await lintSource({
    source: { filePath: name, content, ext: '', contentType: 'text' },
    options: { config: CONFIG, maskSecrets: true, noPhysicFilePath: true },
  });
  return result.messages
    .map(({ range: [start, end], messageId }) => ({ start, end, kind: messageId }))
    .filter(({ start, end }) => !isEverybodys(text.slice(start, end)));
}

function positions(content: string, secret: string): Hit[] {
  const start = content.indexOf(secret);
  return start < 0 ? [] : [{ start, end: start + secret.length, kind: 'own configuration' }];
}

/** Several rules may see one secret; the first by position, then the longest, stands for all. */
function withoutOverlaps(hits: Hit[]): Hit[] {
  const sorted = [...hits].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Hit[] = [];
  for (const hit of sorted) {
    if (hit.start >= (kept.at(-1)?.end ?? 0)) kept.push(hit);
  }
  return kept;
}

function mask(secret: string): string {
  const shown = secret.length >= 16 ? secret.slice(0, 4).replaceAll(/\s/g, ' ') : '';
  return `${shown}… (${secret.length} characters)`;
}
