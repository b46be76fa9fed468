import { fork } from 'node:child_process';

/**
 * Starts a module of the benchmark as a process of its own, so that it competes with the others as the
 * parts of a deployment do. `call(method, argument)` runs one of the functions it serves.
 */
export async function startChild(file, execArgv = []) {
  const child = fork(file, { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const calls = new Map();
  let last = 0;
  let ready;
  const started = new Promise((resolve, reject) => {
    ready = resolve;
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const error = new Error(`${file} ended with ${code ?? signal}`);
      reject(error);
      for (const call of calls.values()) call.reject(error);
    });
  });
  child.on('message', ({ id, result, error, isReady }) => {
    if (isReady) return ready();
    const call = calls.get(id);
    calls.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(error));
  });
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  await started;
  return {
    pid: child.pid,
    call: (method, argument) =>
      new Promise((resolve, reject) => {
        last += 1;
        calls.set(last, { resolve, reject });
        child.send({ id: last, method, argument });
      }),
    stop: () =>
      new Promise((resolve) => {
        process.off('exit', onExit);
        child.removeAllListeners('exit');
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', resolve);
        child.kill('SIGKILL');
      }),
  };
}

/** In the child: answers the parent's calls with these functions. */
export function serve(methods) {
  process.on('message', async ({ id, method, argument }) => {
    try {
      process.send({ id, result: (await methods[method](argument)) ?? null });
    } catch (error) {
      process.send({ id, error: error.stack ?? String(error) });
    }
  });
  process.send({ isReady: true });
}
