/**
 * The rules by which opencode's edit tool finds `oldString`, written out for comparison from its description:
 * nine replacers in turn, each looser than the one before; the first candidate that is in the file exactly
 * once is replaced. Among them: lines but for white space at both ends, a block found by its first and last
 * line alone, white space of any kind as one blank, any common indentation, and a block of which half of the
 * middle lines are the same. Line endings are made those of the file first.
 */
export function opencode(text, search, replace) {
  const crlf = text.includes('\r\n');
  const ending = (value) => {
    const lf = value.replaceAll('\r\n', '\n');
    return crlf ? lf.replaceAll('\n', '\r\n') : lf;
  };
  const [wanted, update] = [ending(search), ending(replace)];
  if (wanted === update) return null;
  for (const replacer of REPLACERS) {
    for (const candidate of replacer(text, wanted)) {
      const at = text.indexOf(candidate);
      if (at === -1 || at !== text.lastIndexOf(candidate)) continue;
      return text.slice(0, at) + update + text.slice(at + candidate.length);
    }
  }
  return null;
}

const REPLACERS = [
  simple,
  lineTrimmed,
  blockAnchor,
  whitespaceNormalized,
  indentationFlexible,
  escapeNormalized,
  trimmedBoundary,
  contextAware,
];

function* simple(_text, find) {
  yield find;
}

function* lineTrimmed(text, find) {
  const wanted = withoutLastEmpty(find.split('\n'));
  for (const window of windows(text.split('\n'), wanted.length))
    if (window.every((line, index) => line.trim() === wanted[index].trim()))
      yield window.join('\n');
}

/** First and last line decide; of several blocks the one whose middle is most alike, if it is a third alike. */
function* blockAnchor(text, find) {
  const lines = text.split('\n');
  const wanted = withoutLastEmpty(find.split('\n'));
  if (wanted.length < 3) return;
  const [first, last] = [wanted[0].trim(), wanted.at(-1).trim()];
  const blocks = [];
  for (let start = 0; start < lines.length; start += 1) {
    if (lines[start].trim() !== first) continue;
    for (let end = start + 2; end < lines.length; end += 1) {
      if (lines[end].trim() !== last) continue;
      blocks.push(lines.slice(start, end + 1));
      break;
    }
  }
  if (blocks.length === 1) yield blocks[0].join('\n');
  if (blocks.length < 2) return;
  const scored = blocks.map((block) => ({ block, score: middleSimilarity(block, wanted) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  if (best.score >= 0.3) yield best.block.join('\n');
}

function middleSimilarity(block, wanted) {
  const count = Math.min(wanted.length - 2, block.length - 2);
  if (count <= 0) return 1;
  let sum = 0;
  for (let index = 1; index <= count; index += 1) {
    const [a, b] = [block[index].trim(), wanted[index].trim()];
    const longest = Math.max(a.length, b.length);
    if (longest > 0) sum += 1 - distance(a, b) / longest;
  }
  return sum / count;
}

function* whitespaceNormalized(text, find) {
  const normal = (value) => value.replace(/\s+/g, ' ').trim();
  const wanted = normal(find);
  const lines = text.split('\n');
  for (const line of lines) {
    if (normal(line) === wanted) yield line;
    else if (normal(line).includes(wanted)) {
      const words = find
        .trim()
        .split(/\s+/)
        .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      const match = new RegExp(words.join('\\s+')).exec(line);
      if (match) yield match[0];
    }
  }
  const height = find.split('\n').length;
  if (height > 1)
    for (const window of windows(lines, height))
      if (normal(window.join('\n')) === wanted) yield window.join('\n');
}

function* indentationFlexible(text, find) {
  const outdented = (value) => {
    const lines = value.split('\n');
    const depths = lines.filter((line) => line.trim()).map((line) => /^\s*/.exec(line)[0].length);
    const common = depths.length === 0 ? 0 : Math.min(...depths);
    return lines.map((line) => (line.trim() ? line.slice(common) : line)).join('\n');
  };
  const wanted = outdented(find);
  for (const window of windows(text.split('\n'), find.split('\n').length))
    if (outdented(window.join('\n')) === wanted) yield window.join('\n');
}

function* escapeNormalized(text, find) {
  const plain = find.replace(/\\(n|t|r|'|"|`|\\|\n|\$)/g, (_all, char) =>
    char === 'n' ? '\n' : char === 't' ? '\t' : char === 'r' ? '\r' : char,
  );
  if (text.includes(plain)) yield plain;
}

function* trimmedBoundary(text, find) {
  const wanted = find.trim();
  if (wanted === find) return;
  if (text.includes(wanted)) yield wanted;
  for (const window of windows(text.split('\n'), find.split('\n').length))
    if (window.join('\n').trim() === wanted) yield window.join('\n');
}

/** A block as long as the one wanted, with its first and last line and half of the lines between. */
function* contextAware(text, find) {
  const wanted = withoutLastEmpty(find.split('\n'));
  if (wanted.length < 3) return;
  for (const window of windows(text.split('\n'), wanted.length)) {
    if (window[0].trim() !== wanted[0].trim() || window.at(-1).trim() !== wanted.at(-1).trim())
      continue;
    const middle = window
      .slice(1, -1)
      .map((line, index) => [line.trim(), wanted[index + 1].trim()]);
    const filled = middle.filter(([a, b]) => a !== '' || b !== '');
    const same = filled.filter(([a, b]) => a === b).length;
    if (filled.length === 0 || same / filled.length >= 0.5) {
      yield window.join('\n');
      return;
    }
  }
}

function withoutLastEmpty(lines) {
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function* windows(lines, height) {
  for (let at = 0; at + height <= lines.length; at += 1) yield lines.slice(at, at + height);
}

function distance(a, b) {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1)
      row.push(
        Math.min(
          previous[j] + 1,
          row[j - 1] + 1,
          previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    previous = row;
  }
  return previous[b.length];
}
