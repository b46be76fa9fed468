import { posix } from 'node:path';
import { HilError } from '@hil/contracts';

/**
 * The folder prefix of `project_path` (`''` for the whole repository, else with a slash at the end).
 * @throws HilError validation_error when it leaves the repository
 */
export function requireProjectPath(projectPath: string | undefined): string {
  if (projectPath === undefined) return '';
  const normal = posix.normalize(projectPath.replaceAll('\\', '/')).replace(/^\.?\/+|\/+$/g, '');
  if (normal === '' || normal === '.') return '';
  if (normal.split('/').includes('..')) {
    throw new HilError('validation_error', `project_path "${projectPath}" leaves the repository`);
  }
  return `${normal}/`;
}
