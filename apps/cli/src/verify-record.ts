import { type KeyObject, createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { HilError } from '@hil/contracts';
import { keyIdOf, verifyRecord } from '@hil/run-record';

/**
 * Examines a run record without any server.
 * @param keys PEM files, or answers of GET /api/record-key saved as files
 * @returns 0 when nothing is wrong, 1 when something is
 */
export async function verifyRecordFile(
  path: string,
  keys: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const trusted = await Promise.all(keys.map(readKey));
  const { problems, record, keyTrusted } = verifyRecord(await read(path), trusted);
  if (record === undefined || problems.length > 0) {
    print(`${path} is NOT what was signed:`);
    for (const problem of problems) print(`  ${problem}`);
    return 1;
  }
  const { run, plans, approvals, log, files, delivery, signature } = record;
  print(`${path} is intact: run ${run.run_id} of ${run.user}, ${run.outcome ?? run.state}`);
  print(`  sealed at ${record.sealed_at} by hil ${record.versions['hil'] ?? 'of unknown version'}`);
  const gap = log.complete ? '' : ', the beginning was dropped by retention';
  print(`  ${log.events.length} events in one chain${gap}; ${plans.length} plan revisions`);
  for (const { kind, revision, plan_hash, status, decided_by, decided_at } of approvals) {
    const who = decided_by === null ? '' : ` by ${decided_by} at ${decided_at ?? 'unknown time'}`;
    const of =
      revision === undefined || plan_hash === undefined
        ? 'before there was a plan'
        : `of revision ${revision} (${plan_hash.slice(0, 12)})`;
    print(`  ${kind} ${of}: ${status}${who}`);
  }
  for (const { name, sha256 } of files) print(`  ${name} sha256 ${sha256}`);
  if (delivery !== null) print(`  delivered: ${delivery.pull_request ?? delivery.branch}`);
  print(
    keyTrusted
      ? `  signed by the given key ${signature.key_id}`
      : `  signed by key ${signature.key_id}, which was NOT compared with one you trust: give --key`,
  );
  return 0;
}

async function readKey(path: string): Promise<KeyObject> {
  const text = await read(path);
  try {
    const key = createPublicKey(text.trimStart().startsWith('{') ? publishedKey(text) : text);
    keyIdOf(key);
    return key;
  } catch (cause) {
    throw new HilError('validation_error', `${path} holds no public key`, { cause });
  }
}

/** The answer of GET /api/record-key, in its envelope or without. */
function publishedKey(text: string): string {
  const answer = JSON.parse(text) as { data?: { public_key?: string }; public_key?: string };
  return answer.data?.public_key ?? answer.public_key ?? '';
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new HilError('validation_error', `${path} can not be read`, { cause });
  }
}
