import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from '@hil/client';
import { HilError, type Summary } from '@hil/contracts';
import { nobody, scriptedPerson, terminalPerson, type Person } from './decide.js';
import { driveRun } from './drive-run.js';
import { renderUpdate } from './render/update.js';
import { terminalColours } from './render/terminal-text.js';
import { createSampleRepository } from './sample-repository.js';
import { ensureServer } from './server.js';

/** Options that both commands share. */
export interface CommonOptions {
  url: string;
  token?: string;
  yes: boolean;
  allowUnsandboxed: boolean;
  verbose: boolean;
}

/** The checkout this was built in. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const DEMO_MESSAGE = 'rename findUser to getUserById in src/users.js';

/** Exit codes: 0 the run reached what was asked, 1 it did not, 2 it was declined or cancelled. */
function exitCode(outcome: Summary['outcome']): number {
  if (['pr_created', 'patch_ready', 'answered'].includes(outcome)) return 0;
  return outcome === 'rejected' || outcome === 'cancelled' ? 2 : 1;
}

/** The first session: starts a server if none answers, and renames a function in a sample. */
export async function demo(options: CommonOptions, signal: AbortSignal): Promise<number> {
  const server = await ensureServer(options.url, { root: ROOT, signal });
  try {
    print(server.started ? `started a server at ${options.url}` : `using ${options.url}`);
    const repository = await createSampleRepository(join(ROOT, 'samples/todo-api'));
    print(`sample repository: ${repository}\nrequest: ${DEMO_MESSAGE}\n`);
    const summary = await converse({ ...options, repository, message: DEMO_MESSAGE }, signal);
    if (summary.outcome === 'patch_ready') await savePatch(summary, repository, options);
    return exitCode(summary.outcome);
  } finally {
    await server.stop();
  }
}

/** One request about any repository, on a server that runs already. */
export async function run(
  options: CommonOptions & { repo?: string; branch?: string; message: string },
  signal: AbortSignal,
): Promise<number> {
  const repository = options.repo === undefined ? undefined : asAddress(options.repo);
  const summary = await converse(
    { ...options, ...(repository === undefined ? {} : { repository }) },
    signal,
  );
  if (summary.outcome === 'patch_ready') {
    const patch = new URL(summary.patch_url, options.url).href;
    const header = options.token === undefined ? '' : ' -H "Authorization: Bearer $HIL_TOKEN"';
    print(`\npatch: curl -fsS${header} ${patch} -o change.patch && git apply change.patch`);
  }
  return exitCode(summary.outcome);
}

/** A folder that exists is meant as a folder, whatever it looks like; anything else is an address. */
function asAddress(repo: string): string {
  return existsSync(repo) ? resolve(repo) : repo;
}

async function converse(
  options: CommonOptions & { repository?: string; branch?: string; message: string },
  signal: AbortSignal,
): Promise<Summary & { run_id: string }> {
  const colours = terminalColours(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);
  const token = options.token === undefined ? {} : { token: options.token };
  const client = connect({ url: socketUrl(options.url), ...token });
  const note = (text: string) => print(colours.yellow(text));
  client.on('connection', (state) => {
    if (state.state === 'reconnecting') note(`no connection (${state.reason}), trying again`);
  });
  client.on('error', (error) => note(`${error.code}: ${error.message}`));
  try {
    return await driveRun({
      client,
      message: options.message,
      ...(options.repository === undefined ? {} : { repository: options.repository }),
      ...(options.branch === undefined ? {} : { branch: options.branch }),
      person: personFor(options, note),
      note,
      show: (update) => {
        const text = renderUpdate(update, { colours, verbose: options.verbose });
        if (text !== undefined) print(text);
      },
      signal,
    });
  } finally {
    client.close();
  }
}

function personFor(options: CommonOptions, note: (text: string) => void): Person {
  if (options.yes) return scriptedPerson(options);
  if (process.stdin.isTTY && process.stdout.isTTY) return terminalPerson;
  note('no terminal to ask at: an approval will cancel the run (--yes approves in scripts)');
  return nobody;
}

function socketUrl(base: string): string {
  return new URL('/ws/chat', base.replace(/^http/, 'ws')).href;
}

/** The server of the demo may be gone in a moment, so the patch is fetched and kept. */
async function savePatch(
  summary: Summary,
  repository: string,
  options: CommonOptions,
): Promise<void> {
  const url = new URL(summary.patch_url, options.url);
  const headers: Record<string, string> =
    options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  const response = await fetch(url, { headers });
  if (!response.ok) {
    throw new HilError('service_unavailable', `the patch could not be fetched: ${response.status}`);
  }
  const path = join(dirname(repository), 'change.patch');
  await writeFile(path, Buffer.from(await response.arrayBuffer()));
  print(`\nThe patch (also at ${url.href} while the server runs) is saved. Try it:`);
  print(`  git -C ${repository} apply ${path}\n  node --test ${repository}/test/*.test.js`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
