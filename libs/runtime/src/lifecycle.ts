import { ConfigError } from '@hil/config';
import { HilError } from '@hil/contracts';

/** A stop that takes longer is cut off, in ms; the design survives that, too. */
const STOP_LIMIT_MS = 20_000;

/**
 * Runs a process from boot to signal. `boot` answers the way to stop; SIGINT, SIGTERM and the end of the
 * parent's pipe stop it once, a second signal at once. Configuration problems are printed as they are.
 */
export async function runProcess(boot: () => Promise<() => Promise<void>>): Promise<void> {
  let stop: (() => Promise<void>) | undefined;
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    void (stop?.() ?? Promise.resolve()).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${describe(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    stop = await boot();
    if (stopping) await stop();
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exit(1);
  }
}

function describe(error: unknown): string {
  if (error instanceof ConfigError || error instanceof HilError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
