import type { Recipe } from './recipe.js';
import { CONTENT_RULES, parseLine, pathOf } from './recipe-lines.js';
import { recipeLine, type RecipeBody } from './recipe-text.js';

/** What {@link parseRecipes} found: the recipes in order, and the lines that are none. */
export interface ParsedRecipes {
  recipes: Recipe[];
  unrecognised: string[];
}

const BULLET = /^\s*(?:(?:[-*+•–]|\d{1,3}[.)]|\(\d{1,3}\))\s+)?(?:\[[ xX]\]\s+)?/u;
const COURTESY = /^(?:(?:please|then|and|also|now)\b,?\s+)+/i;
const FENCE = /^(\s*)(`{3,}|~{3,})\s*[^`]*$/;

/** The line as a person meant it: without bullet, number, courtesy. */
function bare(line: string): string {
  return line.replace(BULLET, '').replace(COURTESY, '').trim();
}

/** A closing full stop or question mark belongs to the sentence, not to the last name. */
function candidates(text: string): string[] {
  const trimmed = text.replace(/(?:,?\s+please)?\s*[.,;:!?]+$/iu, '').replace(/,?\s+please$/i, '');
  const ambiguous = /[?]$/.test(text) && /^replace\b/i.test(text);
  return ambiguous ? [text, trimmed] : trimmed === text ? [text] : [trimmed, text];
}

interface Content {
  text: string;
  /** Index of the first line after the content. */
  next: number;
}

/** The lines between the fence at `open` and its closing one, without the indentation of the fence. */
function fencedContent(lines: string[], open: number): Content {
  const [, indent = '', fence = '```'] = FENCE.exec(lines[open] ?? '') ?? [];
  const close = new RegExp(`^\\s*${fence[0]}{${fence.length},}\\s*$`);
  const body: string[] = [];
  let at = open + 1;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (close.test(line)) break;
    body.push(line.startsWith(indent) ? line.slice(indent.length) : line.trimStart());
  }
  return { text: body.map((line) => `${line}\n`).join(''), next: at + 1 };
}

/** The content after a header: on the same line, in a fence, or everything to the end. */
function contentAfter(lines: string[], header: number, inline: string): Content | null {
  if (inline.trim() !== '') return { text: `${inline.trim()}\n`, next: header + 1 };
  let start = header + 1;
  while (start < lines.length && (lines[start] ?? '').trim() === '') start += 1;
  if (start >= lines.length) return null;
  if (FENCE.test(lines[start] ?? '')) return fencedContent(lines, start);
  const text = lines.slice(start).join('\n').trimEnd();
  return { text: `${text}\n`, next: lines.length };
}

interface Step {
  body: RecipeBody | null;
  next: number;
}

function readStep(lines: string[], at: number): Step {
  const text = bare(lines[at] ?? '');
  const empty = CONTENT_RULES.createEmpty.exec(text.replace(/[.!]+$/, ''));
  if (empty) {
    return {
      body: { kind: 'create_file', path: pathOf(empty[1] ?? ''), content: '' },
      next: at + 1,
    };
  }
  for (const kind of ['create_file', 'append'] as const) {
    const rule = kind === 'append' ? CONTENT_RULES.append : CONTENT_RULES.create;
    const match = rule.exec(text);
    if (!match) continue;
    const content = contentAfter(lines, at, match[2] ?? '');
    if (content === null) return { body: null, next: at + 1 };
    return {
      body: { kind, path: pathOf(match[1] ?? ''), content: content.text },
      next: content.next,
    };
  }
  for (const candidate of candidates(text)) {
    const body = parseLine(candidate);
    if (body) return { body, next: at + 1 };
  }
  return { body: null, next: at + 1 };
}

/**
 * The recipes of a chat message, one a line; keywords in any case, names quoted or not, bullets and
 * numbers tolerated. Content of `create file` and `append to` is the fenced block that follows, or
 * everything to the end. Lines that are no recipe come back unchanged in `unrecognised`.
 */
export function parseRecipes(message: string): ParsedRecipes {
  const lines = message.replace(/\r\n?/g, '\n').split('\n');
  const recipes: Recipe[] = [];
  const unrecognised: string[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    if (bare(line) === '' || FENCE.test(line)) {
      at += 1;
      continue;
    }
    const step = readStep(lines, at);
    if (step.body) recipes.push({ ...step.body, line: recipeLine(step.body) });
    else unrecognised.push(line.trim());
    at = step.next;
  }
  return { recipes, unrecognised };
}
