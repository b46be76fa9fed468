import { HilError } from '@hil/contracts';
import { spelled, typeDeclarations, type NominalProject } from './nominal-project.js';
import type { RenamedFile } from './rename-symbol.js';

export const refusal = (message: string): HilError => new HilError('validation_error', message);

/** Any other meaning of the new name in an edited file could capture a reference: refuse. */
export function refuseTaken(
  project: NominalProject,
  files: readonly RenamedFile[],
  newName: string,
): void {
  const edited = new Set(files.map(({ path }) => path));
  for (const file of project.files) {
    const clash = edited.has(file.path)
      ? spelled(file, newName)[0]
      : typeDeclarations(file, newName)[0];
    if (clash)
      throw refusal(
        `The name ${newName} is taken in ${file.path}, line ${clash.startPosition.row + 1}. Choose another name.`,
      );
  }
}
