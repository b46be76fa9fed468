/** Joins prefixes and a path: one slash between parts, none at the end. */
export function joinRoute(...parts: readonly string[]): string {
  const pieces = parts.flatMap((one) => one.split('/')).filter((one) => one !== '');
  return `/${pieces.join('/')}`;
}

/** Like `joinRoute`, for frameworks to which a slash at the end of a path is a part of it. */
export function joinStrictly(...parts: readonly string[]): string {
  const joined = joinRoute(...parts);
  const last = parts.findLast((one) => one !== '') ?? '';
  return last.endsWith('/') && joined !== '/' ? `${joined}/` : joined;
}

/** True when `path` is `prefix` or lies below it. */
export function isBelow(path: string, prefix: string): boolean {
  const base = joinRoute(prefix.replace(/\/?\*.*$/, ''));
  return base === '/' || path === base || joinRoute(path).startsWith(`${base}/`);
}
