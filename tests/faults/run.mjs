// The fault suite at full scale: `npm run faults`, after `npm run build`. Takes about an hour.
// HIL_FAULT_ROUNDS=20 is full scale, smaller is less; HIL_FAULT_REPORT=<file> keeps the figures.
import { spawn } from 'node:child_process';

const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--maxWorkers=1',
    'tests/faults',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { HIL_FAULT_ROUNDS: '20', HIL_REQUIRE_ALL: '1', ...process.env } },
);
jest.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
