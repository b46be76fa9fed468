import { createHash } from 'node:crypto';
import type { PlanTask, TestFailure } from '@hil/contracts';
import { fenced } from '@hil/language-models';
import type { RepairRequest, StageContext } from '@hil/workflow';
import { required } from '../shared/requirements.js';

const MAX_CHARS = 16_000;

/** The task that mends what testing found, or null when nothing has to be mended. Its files are the plan's. */
export function repairTask(context: StageContext): PlanTask | null {
  const { repair, tests } = context.run.context;
  if (repair === undefined) return null;
  const plan = required(context, 'plan');
  const details =
    repair.failures.length > 0
      ? repair.failures.map(failureText).join('\n\n')
      : (tests?.new_failures ?? []).join('\n');
  return {
    id: `repair-${repair.attempt}`,
    task: `What passed before the change fails now. Find the cause in the edits made so far and mend it; change a test only where the plan changes the behaviour that it shows.\n${fenced('test output', details.slice(0, MAX_CHARS))}`,
    files: [...new Set(plan.plan.flatMap(({ files }) => files))],
    changes: [],
    tests: [],
    notes: '',
  };
}

/** Names failures so that the same ones give the same text: without line numbers, which a repair shifts. */
export function failureMark({ failures }: RepairRequest): string {
  const lines = failures.map(
    ({ kind, name, file = '', message }) =>
      `${kind} ${name} ${file} ${message.replace(/\d+(?:\.\d+)?/g, '#')}`,
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}

function failureText({
  kind,
  framework,
  name,
  file,
  line,
  message,
  frames,
  excerpts,
}: TestFailure): string {
  const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
  return [
    `${framework} ${kind}: ${name}${place}`,
    message,
    ...frames.map((frame) => `  at ${frame}`),
    ...excerpts.map(
      ({ file: path, start_line, text }) => `${path} from line ${start_line}:\n${text}`,
    ),
  ].join('\n');
}
