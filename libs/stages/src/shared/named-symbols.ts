import type { PlanTask } from '@hil/contracts';

/** A symbol that a task names as `path#symbol`. */
export interface NamedSymbol {
  path: string;
  /** As the task writes it, members with dots. */
  symbol: string;
}

/** What a task says it touches, in its words. */
export function namedSymbols({
  task,
  changes,
  notes,
}: Pick<PlanTask, 'task' | 'changes' | 'notes'>): NamedSymbol[] {
  const text = [task, ...changes, notes].join('\n');
  return [...text.matchAll(/([\w./@-]+\.\w+)#([A-Za-z_$][\w$.]*)/g)].map(
    ([, path = '', name = '']) => ({ path, symbol: name.replace(/\.+$/, '') }),
  );
}
