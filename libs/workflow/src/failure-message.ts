import type { HilError, Stage } from '@hil/contracts';

/** How the system and git say that nothing more fits on a disk. */
const DISK_FULL = /\bENOSPC\b|no space left on device/i;

/** What a person reads when a stage failed: what happened, and where there is something to do, what. */
export function failureMessage(stage: Stage, error: HilError): string {
  const message =
    error.code === 'internal_error' ? `${stage} failed: ${error.message}` : error.message;
  if (!DISK_FULL.test(message)) return message;
  return `${message}. The disk under DATA_DIR of the worker for ${stage} is full: make room there, then send the message again`;
}
