/**
 * The rules by which aider's "diff" edit format finds a SEARCH block, written out for comparison from its
 * documentation (https://aider.chat/docs/more/edit-formats.html) and the behaviour it describes: whole lines
 * exactly; then, both blocks outdented as far as possible, whole lines that lack one and the same leading
 * white space; then both again without an empty first line. The first place found is taken. Blocks are whole
 * lines, and files are read with any line ending; the file's own is put back here.
 */
export function aider(text, search, replace) {
  const crlf = text.includes('\r\n');
  const whole = lines(plain(text));
  const part = lines(plain(search));
  const update = lines(plain(replace));
  const done =
    perfectly(whole, part, update) ??
    withMissingIndent(whole, part, update) ??
    (part.length > 2 && part[0].trim() === ''
      ? (perfectly(whole, part.slice(1), update) ?? withMissingIndent(whole, part.slice(1), update))
      : null);
  if (done === null) return null;
  return crlf ? done.replaceAll('\n', '\r\n') : done;
}

const plain = (text) => text.replaceAll('\r\n', '\n');

function lines(text) {
  const closed = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return closed.match(/[^\n]*\n/g) ?? [];
}

function put(whole, at, length, update) {
  return [...whole.slice(0, at), ...update, ...whole.slice(at + length)].join('');
}

function perfectly(whole, part, update) {
  for (let at = 0; at + part.length <= whole.length; at += 1)
    if (part.every((line, index) => whole[at + index] === line))
      return put(whole, at, part.length, update);
  return null;
}

function withMissingIndent(whole, part, update) {
  const depths = [...part, ...update].filter((line) => line.trim() !== '').map(depth);
  const common = depths.length === 0 ? 0 : Math.min(...depths);
  const outdent = (line) => (line.trim() === '' ? line : line.slice(common));
  const [wanted, renewed] = [part.map(outdent), update.map(outdent)];
  for (let at = 0; at + wanted.length <= whole.length; at += 1) {
    const window = whole.slice(at, at + wanted.length);
    if (!window.every((line, index) => line.trimStart() === wanted[index].trimStart())) continue;
    const added = new Set(
      window.flatMap((line, index) =>
        line.trim() === '' ? [] : [line.slice(0, Math.max(0, line.length - wanted[index].length))],
      ),
    );
    if (added.size !== 1) continue;
    const [lead] = added;
    const indented = renewed.map((line) => (line.trim() === '' ? line : lead + line));
    return put(whole, at, wanted.length, indented);
  }
  return null;
}

const depth = (line) => line.length - line.trimStart().length;
