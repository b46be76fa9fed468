import { HilError } from '@hil/contracts';
import { GitCommandError } from './git-process.js';

const UNREACHABLE =
  /could not resolve host|failed to connect|connection (refused|reset|timed out)|couldn't connect|operation too slow|timed out|early eof|unexpected disconnect|hung up|rpc failed|gnutls|ssl|requested url returned error: 5\d\d|requested url returned error: 429/i;
const REDIRECT = /requested url returned error: 30\d|redirect/i;
const DENIED =
  /authentication failed|could not read username|terminal prompts disabled|requested url returned error: 40[13]/i;
const MISSING =
  /not found|does not appear to be a git repository|does not exist|requested url returned error: 404|no such file/i;
const MALICIOUS =
  /fsck error|hasdotgit|hasdotdot|hasdot|gitmodules|fullpathname|index-pack.*invalid/i;

/** A failed look-up or fetch as a sentence for the person; other errors (aborts, HilErrors) pass unchanged. */
export function translateRemoteFailure(error: unknown, shown: string): unknown {
  if (!(error instanceof GitCommandError)) return error;
  const text = error.stderr;
  if (REDIRECT.test(text)) {
    return new HilError(
      'repository_not_found',
      `${shown} redirects elsewhere. Redirects are not followed; give the repository's present address.`,
      { cause: error },
    );
  }
  if (DENIED.test(text)) {
    return new HilError(
      'repository_not_found',
      `${shown} does not exist, or can not be read with the credentials at hand. Check the address, and the token if it is private.`,
      { cause: error },
    );
  }
  if (/fsck|hasDot/i.test(text) && MALICIOUS.test(text)) {
    return new HilError(
      'repository_not_allowed',
      `${shown} contains objects that git considers malformed or dangerous, so it was not fetched.`,
      { cause: error },
    );
  }
  if (MISSING.test(text)) {
    return new HilError(
      'repository_not_found',
      `${shown} does not exist or is not a git repository. Check the address.`,
      { cause: error },
    );
  }
  if (UNREACHABLE.test(text)) {
    return new HilError(
      'forge_unavailable',
      `${shown} can not be reached at the moment. Try again later.`,
      { cause: error, retryable: true },
    );
  }
  return new HilError('repository_not_found', `${shown} can not be read: ${lastLine(text)}`, {
    cause: error,
  });
}

/** The last thing git said, without its prefix. */
export function lastLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? 'git gave no reason')
    .replace(/^(fatal|error|remote):\s*/i, '')
    .slice(0, 300);
}
