#!/usr/bin/env node
import { Command } from 'commander';
import { HilError } from '@hil/contracts';
import { ROOT, demo, run, type CommonOptions } from './commands.js';
import { serverUrl } from './server-url.js';
import { verifyRecordFile } from './verify-record.js';

const stop = new AbortController();
process.on('SIGINT', () => {
  // The second time a person means it.
  if (stop.signal.aborted) process.exit(130);
  stop.abort(new HilError('service_unavailable', 'interrupted'));
});
process.on('SIGTERM', () => stop.abort(new HilError('service_unavailable', 'ended')));

const program = new Command('hil').description('Chat with a hil server from the terminal');

function withCommonOptions(command: Command): Command {
  return command
    .option('--url <url>', 'server', serverUrl(ROOT))
    .option('--token <token>', 'API key; better in HIL_TOKEN, which is not seen by others')
    .option('-y, --yes', 'approve plans and changes without asking, for scripts', false)
    .option('--allow-unsandboxed', 'with --yes: also run tests without a sandbox', false)
    .option('-v, --verbose', 'show debug lines', false);
}

function common(options: CommonOptions): CommonOptions {
  const token = options.token ?? process.env['HIL_TOKEN'];
  return { ...options, ...(token === undefined || token === '' ? {} : { token }) };
}

withCommonOptions(program.command('demo'))
  .description('a first session: rename a function in a sample repository')
  .action(async (options: CommonOptions) => {
    process.exitCode = await demo(common(options), stop.signal);
  });

withCommonOptions(program.command('run <message>'))
  .description('one request, such as: hil run --repo . "rename a to b in src/a.ts"')
  .option('--repo <url or folder>', 'the repository')
  .option('--branch <name>', 'base branch; default: that of the repository')
  .action(async (message: string, options: CommonOptions & { repo?: string; branch?: string }) => {
    process.exitCode = await run({ ...options, ...common(options), message }, stop.signal);
  });

program
  .command('verify-record <file>')
  .description('examine a downloaded run record, without any server')
  .option(
    '--key <file...>',
    'public key it must be signed by: PEM, or a saved answer of GET /api/record-key',
    [],
  )
  .action(async (file: string, { key }: { key: string[] }) => {
    const print = (line: string) => process.stdout.write(`${line}\n`);
    process.exitCode = await verifyRecordFile(file, key, print);
  });

try {
  await program.parseAsync();
} catch (error) {
  const text = error instanceof HilError ? `${error.code}: ${error.message}` : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
