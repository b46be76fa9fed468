#!/usr/bin/env node
/**
 * `npm run sandbox:images [-- LANGUAGE ...] [--OPTION=VALUE ...]`: builds the images of the docker
 * sandbox, `hil-sandbox:node` and so on, from deploy/docker/sandbox. Without a language all of them.
 * Options go to `docker build` (--build-arg=BASE=..., --network=host, --pull).
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../deploy/docker/sandbox', import.meta.url));
const known = readdirSync(folder)
  .filter((name) => name.endsWith('.Dockerfile'))
  .map((name) => name.slice(0, -'.Dockerfile'.length));
const argv = process.argv.slice(2);
const options = argv.filter((argument) => argument.startsWith('-'));
const wanted = argv.filter((argument) => !argument.startsWith('-'));
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no image for ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : known) {
  const tag = `hil-sandbox:${name}`;
  console.log(`== ${tag}`);
  const file = `${folder}/${name}.Dockerfile`;
  const args = ['build', '--tag', tag, '--file', file, ...options, folder];
  const { status, error } = spawnSync('docker', args, { stdio: 'inherit' });
  if (error) console.error(`docker could not be started: ${error.message}`);
  if (status !== 0) {
    console.error(`${tag} was not built`);
    process.exit(1);
  }
}
