/** What storage takes as the data of one event is 256 KiB; masks may make it longer. */
const FITS = 240 * 1024;
/** A record with more keys than this is a list under another name, such as blob ids by path. */
const MOST_FIELDS = 40;

/**
 * What an event can carry of its data: where that is too long, the longest lists are cut and `truncated` says so.
 * The whole stays where it is kept: in the row of an approval, in the run.
 */
export function fitting<T extends object>(data: T): T & { truncated?: true } {
  if (bytesOf(data) <= FITS) return data;
  const cut = structuredClone(data);
  for (;;) {
    const longest = longestList(cut);
    if (longest === null) return { ...cut, truncated: true };
    halve(longest);
    if (bytesOf(cut) <= FITS) return { ...cut, truncated: true };
  }
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function halve(list: object): void {
  const keys = Object.keys(list);
  const kept = Math.floor(keys.length / 2);
  if (Array.isArray(list)) list.length = kept;
  else for (const key of keys.slice(kept)) Reflect.deleteProperty(list, key);
}

/** The list, at whatever depth, with the most items; null when none has two. */
function longestList(value: unknown): object | null {
  let longest: object | null = null;
  let most = 1;
  const open: unknown[] = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    const items: unknown[] = Object.values(one);
    if (items.length > most && (Array.isArray(one) || items.length > MOST_FIELDS)) {
      longest = one;
      most = items.length;
    }
    for (const item of items) if (typeof item === 'object' && item !== null) open.push(item);
  }
  return longest;
}
