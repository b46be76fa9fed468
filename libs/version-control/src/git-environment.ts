import { mkdirSync } from 'node:fs';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { rootCertificates } from 'node:tls';

/** A git setting as it is handed over in the environment: lower-case section, then value. */
export type GitSetting = readonly [key: string, value: string];

/** Which transports git may use in one call; `none` for every command that stays local. */
export type GitProtocols = 'none' | 'http' | 'https' | 'file';

/**
 * Settings every git call gets. They travel in GIT_CONFIG_COUNT, which git ranks above each file,
 * so neither the repository nor the machine can turn them back.
 */
const HARDENED: readonly GitSetting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedCache', 'false'],
  // A symlink of the tree becomes a plain file that holds its target: nothing can be written through it.
  ['core.symlinks', 'false'],
  ['core.fileMode', 'true'],
  ['core.protectHFS', 'true'],
  ['core.protectNTFS', 'true'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.autocrlf', 'false'],
  ['core.quotePath', 'false'],
  ['credential.helper', ''],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['submodule.recurse', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['push.gpgSign', 'false'],
  ['commit.gpgSign', 'false'],
  ['transfer.fsckObjects', 'true'],
  // Sloppy but harmless objects that old, honest repositories are full of.
  ...[
    'badDate',
    'badDateOverflow',
    'badEmail',
    'badName',
    'badTimezone',
    'missingEmail',
    'missingNameBeforeEmail',
    'missingSpaceBeforeDate',
    'missingSpaceBeforeEmail',
    'zeroPaddedDate',
    'zeroPaddedFilemode',
    'nulInCommit',
  ].map((id) => [`fetch.fsck.${id}`, 'ignore'] as const),
  // Received objects stay in one pack: no million loose files, and the size guard has one place to look.
  ['fetch.unpackLimit', '1'],
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '30'],
  ['protocol.version', '2'],
  ['advice.detachedHead', 'false'],
];

/** Passed through on purpose: how this machine reaches the network and whom it trusts. */
const NETWORK_VARIABLES = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
  'NO_PROXY',
  'no_proxy',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
] as const;

/** What one git call needs beyond the hardened base. */
export interface GitEnvironmentInput {
  gitDir?: string | undefined;
  workTree?: string | undefined;
  protocols?: GitProtocols | undefined;
  settings?: readonly GitSetting[] | undefined;
  variables?: Readonly<Record<string, string>> | undefined;
}

/**
 * Builds the whole environment of a git process. Nothing is inherited but PATH (absolute entries
 * only, so a `git` lying in a work tree is never found) and the network variables above.
 */
export class GitEnvironment {
  readonly #home: string;
  readonly #base: Readonly<Record<string, string>>;

  /** @param stateDir folder of our own; gets an empty HOME and, when needed, a CA bundle */
  constructor(stateDir: string, ambient: NodeJS.ProcessEnv = process.env) {
    this.#home = join(stateDir, 'empty-home');
    mkdirSync(this.#home, { recursive: true, mode: 0o700 });
    const path = (ambient['PATH'] ?? '/usr/local/bin:/usr/bin:/bin')
      .split(delimiter)
      .filter((entry) => isAbsolute(entry))
      .join(delimiter);
    const network: Record<string, string> = {};
    for (const name of NETWORK_VARIABLES) {
      const value = ambient[name];
      if (value !== undefined && value !== '') network[name] = value;
    }
    if (network['GIT_SSL_CAINFO'] === undefined) {
      const bundle = caBundle(stateDir, ambient['NODE_EXTRA_CA_CERTS']);
      if (bundle !== undefined) network['GIT_SSL_CAINFO'] = bundle;
    }
    this.#base = { ...network, PATH: path };
  }

  /** The environment for one call. */
  build(input: GitEnvironmentInput = {}): Record<string, string> {
    const env: Record<string, string> = {
      ...this.#base,
      HOME: this.#home,
      XDG_CONFIG_HOME: this.#home,
      LC_ALL: 'C',
      TZ: 'UTC',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_NO_LAZY_FETCH: '1',
      GIT_LITERAL_PATHSPECS: '1',
      GIT_PROTOCOL_FROM_USER: '0',
      GIT_ALLOW_PROTOCOL: input.protocols ?? 'none',
      ...input.variables,
    };
    if (input.gitDir !== undefined) env['GIT_DIR'] = input.gitDir;
    if (input.workTree !== undefined) env['GIT_WORK_TREE'] = input.workTree;
    const settings = [...HARDENED, ...(input.settings ?? [])];
    env['GIT_CONFIG_COUNT'] = String(settings.length);
    settings.forEach(([key, value], index) => {
      env[`GIT_CONFIG_KEY_${index}`] = key;
      env[`GIT_CONFIG_VALUE_${index}`] = value;
    });
    return env;
  }
}

/**
 * NODE_EXTRA_CA_CERTS adds to what Node trusts; git's variable replaces. So both are written into one file.
 * Returns undefined when there is nothing extra.
 */
function caBundle(stateDir: string, extraPath: string | undefined): string | undefined {
  if (extraPath === undefined || extraPath === '') return undefined;
  let extra: string;
  try {
    extra = readFileSync(extraPath, 'utf8');
  } catch {
    return undefined; // Node itself only warns about an unreadable file.
  }
  const bundle = join(stateDir, 'ca-bundle.pem');
  writeFileSync(bundle, [...rootCertificates, extra].join('\n'));
  return bundle;
}
