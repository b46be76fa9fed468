// Every task that a scripted model is given, as whole runs: `npm run test:models`, after `npm run build`.
import { spawn } from 'node:child_process';

const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--maxWorkers=1',
    'tests/e2e/models',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { HIL_MODEL_TASKS: 'all', ...process.env } },
);
jest.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
