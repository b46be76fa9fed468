import { quoted } from './history.mjs';

/**
 * How models disturb what they quote from memory. Each takes the lines of a hunk and the file, and answers
 * the lines as a model would send them, or null where the disturbance does not apply. `answer` says whether
 * what was sent still has one right answer.
 */
export const DISTURBANCES = {
  none: { answer: true, make: (lines) => lines },
  'trailing blanks': { answer: true, make: trailingBlanks },
  'tabs for blanks': { answer: true, make: tabs },
  'indent off by two': { answer: true, make: offByTwo },
  'other line endings': { answer: true, make: otherEndings },
  'missing blank lines': { answer: true, make: missingBlankLines },
  'blank lines missing beside the change': { answer: false, make: missingBesideChange },
  'stale context': { answer: false, make: staleContext },
  'ambiguous anchor': { answer: false, make: ambiguousAnchor },
};

const isBlank = (text) => text.trim() === '';
const body = (text) => text.replace(/\r$/, '');
const mapText = (lines, change) =>
  lines.map(({ tag, text }) => {
    const carriage = text.endsWith('\r') ? '\r' : '';
    return { tag, text: isBlank(text) ? text : change(body(text)) + carriage };
  });

/** On the quoted lines; what is new is what the sender wants. */
function trailingBlanks(lines, _file, dice) {
  let changed = false;
  const out = lines.map((line) => {
    if (line.tag === '+' || isBlank(line.text) || dice(3) !== 0) return line;
    changed = true;
    const carriage = line.text.endsWith('\r') ? '\r' : '';
    return { ...line, text: `${body(line.text)}${' '.repeat(1 + dice(2))}${carriage}` };
  });
  return changed ? out : null;
}

/** Tabs for each step of blanks in a file of blanks, four blanks for each tab in a file of tabs. */
function tabs(lines, file) {
  if (mixesIndents(lines)) return null;
  const tabbed = (file.match(/^\t/gm) ?? []).length;
  const steps = stepOf(file);
  const change =
    tabbed > 0 && steps === 0
      ? (text) => text.replace(/^\t+/, (lead) => '    '.repeat(lead.length))
      : steps > 0
        ? (text) =>
            text.replace(/^ +/, (lead) => {
              const count = Math.floor(lead.length / steps);
              return '\t'.repeat(count) + ' '.repeat(lead.length - count * steps);
            })
        : null;
  if (!change) return null;
  const out = mapText(lines, change);
  return quoted(out) === quoted(lines) ? null : out;
}

/** True when some lines are indented by tabs and some by blanks: which of the two is meant is in the lines alone. */
export function mixesIndents(lines) {
  return lines.some(({ text }) => /^\t/.test(text)) && lines.some(({ text }) => /^ {2}/.test(text));
}

/** The step of indentation most lines show; 0 when a file has tabs or nothing to tell by. */
function stepOf(file) {
  if (/^\t/m.test(file)) return 0;
  const counts = new Map();
  let before = 0;
  for (const [, lead] of file.matchAll(/^( *)(?![ *\r\n])/gm)) {
    const step = lead.length - before;
    if (step > 1) counts.set(step, (counts.get(step) ?? 0) + 1);
    before = lead.length;
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 0;
}

function offByTwo(lines, file, dice) {
  if (/^\t/m.test(quoted(lines))) return null;
  const canLess = lines.every(({ text }) => isBlank(text) || text.startsWith('  '));
  if (canLess && dice(2) === 0) return mapText(lines, (text) => text.slice(2));
  return mapText(lines, (text) => `  ${text}`);
}

function otherEndings(lines, file) {
  if (lines.length < 2) return null;
  const toLf = file.includes('\r\n');
  return lines.map(({ tag, text }) => ({ tag, text: toLf ? body(text) : `${text}\r` }));
}

/**
 * Empty lines of the context are forgotten. Beside the change it would no longer be said on which side of
 * the empty line the change goes, and at the ends of a quotation none is missed: those stay.
 */
function missingBlankLines(lines) {
  return withoutBlankLines(lines, (besideChange) => !besideChange);
}

/** The change could go on either side of the empty line that is not sent. */
function missingBesideChange(lines) {
  return withoutBlankLines(lines, (besideChange) => besideChange);
}

function withoutBlankLines(lines, isForgotten) {
  const isChange = (line) => line !== undefined && line.tag !== ' ';
  const quotes = lines.map((line, index) => (line.tag !== '+' && !isBlank(line.text) ? index : -1));
  const [first, last] = [quotes.find((at) => at !== -1), quotes.findLast((at) => at !== -1)];
  const out = lines.filter((line, index) => {
    if (line.tag !== ' ' || !isBlank(line.text) || index < first || index > last) return true;
    let [before, after] = [index - 1, index + 1];
    while (lines[before]?.tag === ' ' && isBlank(lines[before].text)) before -= 1;
    while (lines[after]?.tag === ' ' && isBlank(lines[after].text)) after += 1;
    return !isForgotten(isChange(lines[before]) || isChange(lines[after]));
  });
  return out.length < lines.length ? out : null;
}

/** One line of the context is as it was in another version: other words, a line more, or a line less. */
function staleContext(lines, file, dice) {
  const inner = lines.flatMap((line, index) =>
    line.tag === ' ' && /[A-Za-z]{3}/.test(line.text) && index > 0 && index < lines.length - 1
      ? [index]
      : [],
  );
  const at = inner[dice(Math.max(1, inner.length))];
  if (at === undefined) return null;
  const old = lines[at];
  const kind = dice(3);
  const put =
    kind === 0
      ? [{ ...old, text: old.text.replace(/[A-Za-z]{3,}/, (word) => `${word}Old`) }]
      : kind === 1
        ? [old, { ...old, text: old.text.replace(/[A-Za-z]{3,}/, (word) => `${word}Before`) }]
        : [];
  const out = [...lines.slice(0, at), ...put, ...lines.slice(at + 1)];
  // A line less at the end of the quotation would only make it shorter.
  const quotedBefore = out.slice(0, at).some(({ tag, text }) => tag !== '+' && !isBlank(text));
  const quotedAfter = out
    .slice(at + put.length)
    .some(({ tag, text }) => tag !== '+' && !isBlank(text));
  return quotedBefore && quotedAfter && !file.includes(quoted(out)) ? out : null;
}

/** The quotation is cut down to where it is in the file more than once. */
function ambiguousAnchor(lines, file) {
  const first = lines.findIndex(({ tag }) => tag !== ' ');
  const last = lines.findLastIndex(({ tag }) => tag !== ' ');
  for (const context of [0, 1]) {
    const cut = lines.slice(Math.max(0, first - context), last + 1);
    const old = quoted(cut);
    if (old.trim() !== '' && file.split(old).length > 2) return cut;
  }
  return null;
}

/** The same on the code of an operation that names a symbol. */
export const CODE_DISTURBANCES = {
  none: (operation) => operation,
  'tabs for blanks': (operation, file) => onCode(operation, (lines) => tabs(lines, file)),
  'indent off by two': (operation, file) =>
    onCode(operation, (lines) => offByTwo(lines, file, () => 1)),
  'no indentation': (operation) =>
    onCode(operation, (lines) => {
      const depths = lines
        .filter(({ text }) => !isBlank(text))
        .map(({ text }) => /^[ \t]*/.exec(text)[0].length);
      const common = Math.min(...depths);
      return common > 0 ? mapText(lines, (text) => text.slice(common)) : null;
    }),
  'other line endings': (operation, file) =>
    operation.body?.includes('\n')
      ? {
          ...operation,
          body: operation.body.replace(/\r?\n/g, file.includes('\r\n') ? '\n' : '\r\n'),
        }
      : null,
};

function onCode(operation, change) {
  if (operation.body === undefined) return null;
  const lines = operation.body.split('\n').map((text) => ({ tag: ' ', text }));
  const changed = change(lines);
  return changed && { ...operation, body: changed.map(({ text }) => text).join('\n') };
}
