import type { SourceLanguage } from '@hil/knowledge-graph';
import type { EditContext } from '../operations/edit-context.js';
import { didYouMeanName } from '../text/near-names.js';
import { wordPattern } from './look-alikes.js';
import { shortAttribute } from './nominal-attribute.js';
import { renameMethod } from './nominal-method-rename.js';
import {
  methodDeclarations,
  NominalProject,
  spelled,
  typeDeclarations,
  type NominalLanguage,
} from './nominal-project.js';
import { refusal, refuseReserved } from './nominal-refusals.js';
import { renameType } from './nominal-type-rename.js';
import type { RenameRequest, Renaming } from './rename-symbol.js';

/**
 * Renames a type of Java or C# by package or namespace and imports, or a method whose name is unique in the
 * project. Anything that needs type inference to be told apart is refused with the reason.
 */
export async function renameJvmOrClr(
  language: SourceLanguage,
  request: RenameRequest,
  context: EditContext,
): Promise<Renaming> {
  if (language !== 'java' && language !== 'csharp')
    throw refusal(`${request.path} can't be renamed in.`);
  refuseReserved(language, request.newName);
  const name = request.symbol.split('.').at(-1) ?? '';
  const patterns = [name, request.newName]
    .flatMap((word) => [word, shortAttribute(language, word)])
    .flatMap((word) => (word === null ? [] : [wordPattern(word)]));
  const mentions = (text: string): boolean => patterns.some((word) => text.search(word) >= 0);
  const project = await NominalProject.open(language, context, mentions);
  try {
    const file = project.files.find(({ path }) => path === request.path);
    if (file && typeDeclarations(file, name).length > 0)
      return await renameType(project, file, name, request, context);
    if (file && methodDeclarations(file, name).length > 0)
      return renameMethod(project, file, name, request);
    if (file && spelled(file, name).length > 0) {
      throw refusal(
        `${request.symbol} in ${request.path} is neither a type nor a method declared there. For ${languageName(language)} only those can be renamed safely.`,
      );
    }
    const near = context.graph.symbols.map((symbol) => symbol.name);
    throw refusal(
      `${request.path} declares no ${request.symbol}.${didYouMeanName(name, new Set(near))}`,
    );
  } finally {
    project.close();
  }
}

const languageName = (language: NominalLanguage): string => (language === 'java' ? 'Java' : 'C#');
