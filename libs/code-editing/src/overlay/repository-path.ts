import { HilError } from '@hil/contracts';

/** Names that git or a file system could take for `.git`: case, trailing dots and spaces, 8.3 names, NTFS streams. */
const GIT_NAME = /^(?:\.git|git~\d+)(?:[ .]*|::?.*)$/i;
/** Characters that HFS+ ignores in names. */
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * The path in the form git writes it, or a refusal.
 * @throws HilError `validation_error` for absolute paths, `..`, `.git` in any guise, control characters,
 * backslashes and empty segments.
 */
export function repositoryPath(path: string): string {
  const refuse = (why: string): never => {
    throw new HilError(
      'validation_error',
      `The path ${JSON.stringify(path.slice(0, 200))} ${why}. Use a path inside the repository, such as src/main.ts.`,
    );
  };
  if (path === '') refuse('is empty');
  if ([...path].some((char) => char < ' ' || char === '\u007f'))
    refuse('holds a control character');
  if (path.includes('\\')) refuse('holds a backslash');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) refuse('is absolute');
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') refuse('has an empty segment');
    if (segment === '..') refuse('leaves the repository');
    if (GIT_NAME.test(segment.replace(IGNORED, ''))) refuse("points into git's own folder");
  }
  return path;
}
