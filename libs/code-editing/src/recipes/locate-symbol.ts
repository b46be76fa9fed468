import { HilError, type ProjectGraph } from '@hil/contracts';
import { didYouMeanName } from '../text/near-names.js';

/**
 * The file that declares a symbol, by the graph; names at the top of a file come before members.
 * @throws HilError `validation_error` when no file declares it, or more than one
 */
export function locateSymbol(symbol: string, graph: ProjectGraph): string {
  const paths = new Map(graph.modules.map(({ id, path }) => [id, path]));
  const byId = new Map(graph.symbols.map((found) => [found.id, found]));
  const parts = symbol.split('.');
  const name = parts.at(-1) ?? symbol;
  const owner = parts.at(-2);
  const found = graph.symbols.filter((candidate) => {
    const parent = byId.get(String(candidate.metadata['parent'] ?? ''));
    const simple = candidate.name.split('.').at(-1) ?? candidate.name;
    return (
      simple === name &&
      (owner === undefined || parent?.name === owner || candidate.name === symbol)
    );
  });
  const top = found.filter(({ metadata }) => metadata['parent'] == null);
  const pool = owner === undefined && top.length > 0 ? top : found;
  const files = [...new Set(pool.map(({ moduleId }) => paths.get(moduleId) ?? moduleId))].sort();
  const [file] = files;
  if (file === undefined) {
    throw new HilError(
      'validation_error',
      `No file of the project declares ${symbol}.${didYouMeanName(name, new Set(graph.symbols.map((candidate) => candidate.name)))}`,
    );
  }
  if (files.length > 1) {
    const more = files.length > 8 ? `, and ${files.length - 8} more` : '';
    throw new HilError(
      'validation_error',
      `${symbol} is declared in ${files.length} files: ${files.slice(0, 8).join(', ')}${more}. Add "in PATH" to say which.`,
    );
  }
  return file;
}
