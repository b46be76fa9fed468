import { posix } from 'node:path';
import { CargoTestReader } from '../results/cargo-output.js';
import { GoTestReader } from '../results/go-test-json.js';
import { type CallSetting, type FrameworkCall, SEPARATOR } from './framework-call.js';

/** `go test -json`, with modules from the install phase and no proxy to ask. */
export function goCall({ suite, installed, only }: CallSetting): FrameworkCall {
  const names = [...new Set((only ?? []).map(({ name }) => name.split(SEPARATOR)[0] ?? name))];
  const packages = [...new Set((only ?? []).map(({ group = './...' }) => group))];
  return {
    argv: [
      'go',
      'test',
      '-json',
      // Results of an earlier run in the same sandbox would say nothing of this tree.
      '-count=1',
      ...(only === null ? ['./...'] : ['-run', `^(${names.join('|')})$`, ...packages]),
    ],
    env: {
      GOFLAGS: '-mod=mod',
      GOPROXY: 'off',
      GOSUMDB: 'off',
      GOTOOLCHAIN: 'local',
      GOCACHE: '/tmp/go-build',
      ...(installed['GOMODCACHE'] === undefined ? {} : { GOMODCACHE: installed['GOMODCACHE'] }),
    },
    results: {
      from: 'output',
      reader: (onCase) =>
        new GoTestReader(onCase, (name) => packageFolder(name, suite.command[3] ?? '', suite.cwd)),
    },
  };
}

/** Folder of `module/a/b` in the repository, for the module of this suite. */
function packageFolder(name: string, module: string, cwd: string): string {
  const plain = name.replace(/ \[.*\]$/, '').replace(/_test$/, '');
  if (plain !== module && !plain.startsWith(`${module}/`)) return cwd;
  return posix.join(cwd, plain.slice(module.length + 1));
}

/** `cargo test`, with crates from the install phase. */
export function cargoCall({ installed, only }: CallSetting): FrameworkCall {
  const names = (only ?? []).map(({ name }) => name.replaceAll(SEPARATOR, '::'));
  return {
    argv: [
      // Cargo says on stderr which binary runs, and the binary prints its tests to stdout: one pipe
      // keeps them in order.
      'sh',
      '-c',
      'exec cargo "$@" 2>&1',
      'cargo',
      'test',
      '--offline',
      '--no-fail-fast',
      '--workspace',
      ...(only === null ? [] : ['--', '--exact', ...names]),
    ],
    env: {
      CARGO_TERM_COLOR: 'never',
      CARGO_TARGET_DIR: '/tmp/cargo-target',
      ...(installed['CARGO_HOME'] === undefined ? {} : { CARGO_HOME: installed['CARGO_HOME'] }),
    },
    results: { from: 'output', reader: (onCase) => new CargoTestReader(onCase) },
  };
}
