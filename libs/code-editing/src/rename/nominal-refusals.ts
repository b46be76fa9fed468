import { HilError } from '@hil/contracts';
import {
  spelled,
  typeDeclarations,
  type NominalLanguage,
  type NominalProject,
} from './nominal-project.js';
import type { RenamedFile } from './rename-symbol.js';

export const refusal = (message: string): HilError => new HilError('validation_error', message);

/** Words that can be no name; the syntax trees of both languages let some of them pass. */
const RESERVED: Readonly<Record<NominalLanguage, ReadonlySet<string>>> = {
  java: words(
    '_ abstract assert boolean break byte case catch char class const continue default do double else enum extends false final finally float for goto if implements import instanceof int interface long native new null package private protected public return short static strictfp super switch synchronized this throw throws transient true try void volatile while',
  ),
  csharp: words(
    'abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null object operator out override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while',
  ),
};

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** @throws HilError `validation_error` for a new name that the language keeps for itself */
export function refuseReserved(language: NominalLanguage, newName: string): void {
  if (RESERVED[language].has(newName))
    throw refusal(`${newName} is a word of the language itself. Choose another name.`);
}

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
