import type { AgentUpdate } from '@hil/contracts';
import { renderApproval } from './approval-card.js';
import { renderCodeChange } from './diff.js';
import { renderSummary, renderTestResult } from './summary.js';
import { indent, plain, type Colours } from './terminal-text.js';

/** Options of {@link renderUpdate}. */
export interface RenderOptions {
  colours: Colours;
  /** Also debug lines. */
  verbose: boolean;
}

/** An update as text for a terminal, without a final line break; nothing for what need not be shown. */
export function renderUpdate(update: AgentUpdate, options: RenderOptions): string | undefined {
  const { colours } = options;
  switch (update.type) {
    case 'status':
      return `${colours.bold(colours.blue(`● ${update.data.state}`))} ${plain(update.data.message)}`;
    case 'log':
      return renderLog(update.data, options);
    case 'code_change':
      // The change as a whole comes after its tasks, which were shown.
      return update.data.task_id === 'run' ? undefined : renderCodeChange(update.data, colours);
    case 'test_result':
      return renderTestResult(update.data, colours);
    case 'approval_request':
      return renderApproval(update.data, colours);
    case 'question': {
      const choices = (update.data.options ?? []).map((option) => `  - ${plain(option)}`);
      return [colours.bold(`? ${plain(update.data.question)}`), ...choices].join('\n');
    }
    case 'query_response': {
      const references = update.data.references.map(({ path, line, symbol }) => {
        const name = symbol === undefined ? '' : ` ${plain(symbol)}`;
        return colours.dim(`  ${plain(path)}${line === undefined ? '' : `:${line}`}${name}`);
      });
      return [plain(update.data.answer), ...references].join('\n');
    }
    case 'diagram_response':
      return `${colours.bold(plain(update.data.title))}\n${indent(plain(update.data.diagram), 2)}`;
    case 'summary':
      return renderSummary(update.data, colours);
    case 'error':
      return colours.red(`✗ ${update.data.code}: ${plain(update.data.message)}`);
    case 'snapshot': {
      const { state, approval, summary } = update.data;
      return [
        `● ${state}`,
        ...(approval === undefined ? [] : [renderApproval(approval, colours)]),
        ...(summary === undefined ? [] : [renderSummary(summary, colours)]),
      ].join('\n');
    }
  }
}

function renderLog(
  log: { message: string; level: string; source: string },
  { colours, verbose }: RenderOptions,
): string | undefined {
  if (log.level === 'debug' && !verbose) return undefined;
  const message = plain(log.message).trimEnd().replaceAll('\n', '\n    ');
  const text = `  ${plain(log.source)}: ${message}`;
  if (log.level === 'error') return colours.red(text);
  return log.level === 'warning' ? colours.yellow(text) : colours.dim(text);
}
