import { startApp } from '../../shared/apps.mjs';
import { startChild } from '../../shared/child.mjs';

/** A child of this folder by its name; it ends with the services. */
export async function startPart(services, name, execArgv = []) {
  const child = await startChild(`${import.meta.dirname}/${name}.mjs`, execArgv);
  services.onStop(child.stop);
  return child;
}

/** The gateway app, and a worker beside it that writes to the same database and Redis. */
export async function startSpine(services) {
  const { databaseUrl, redisUrl } = services;
  const gateway = await startApp(services, 'gateway');
  const worker = await startPart(services, 'worker');
  await worker.call('open', { databaseUrl, redisUrl });
  return { gateway, worker };
}
