import { spawn } from 'node:child_process';

/**
 * What the framework says of a tree when a person installs and runs it in a shell, without any sandbox.
 * @throws Error with the last lines when something else than tests failed
 */
export async function byHand(repository, tree) {
  const installed = await shell(repository.install, tree);
  if (installed.code !== 0) throw new Error(`${repository.install}: ${tail(installed.output)}`);
  const begun = performance.now();
  const { output } = await shell(repository.test, tree);
  const totals = repository.summary(plain(output));
  if (totals === null) throw new Error(`${repository.test}: ${tail(output)}`);
  return { ...totals, seconds: (performance.now() - begun) / 1_000 };
}

function shell(line, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', line], {
      cwd,
      // As in the sandbox: a connection that went silent is given up sooner than npm does.
      env: { ...process.env, CI: 'true', npm_config_fetch_timeout: '60000' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Without colours. */
function plain(text) {
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

function tail(text) {
  return plain(text).trim().split('\n').slice(-12).join('\n');
}
