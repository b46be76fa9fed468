import { readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { hostsIn } from './install-routes.js';
import { type SandboxMount } from './sandbox.js';

/** What package managers need to know of the operator's network, without any credential. */
export interface InstallSettings {
  env: Record<string, string>;
  /** Content of a ~/.npmrc. */
  npmrc: string;
  /** Content of a ~/.m2/settings.xml, or null. */
  mavenSettings: string | null;
  /** Certificate files and local wheel folders the settings name. */
  mounts: SandboxMount[];
  /** Proxies, registries and mirrors the settings name; they may be in a private network. */
  hosts: string[];
}

const PLAIN_ENV = [
  'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE',
  'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy',
  'PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST', 'PIP_CERT', 'PIP_FIND_LINKS',
  'PIP_DEFAULT_TIMEOUT', 'PIP_RETRIES', 'PIP_NO_INDEX', 'PIP_PROXY', 'UV_INDEX_URL', 'UV_DEFAULT_INDEX',
]; // prettier-ignore
const NPM_KEYS = [
  'registry', 'cafile', 'ca', 'proxy', 'https-proxy', 'noproxy', 'strict-ssl', 'fetch-timeout',
  'fetch-retries', 'maxsockets',
]; // prettier-ignore
/** npm waits 5 minutes for a connection that went silent, which is most of what an installation may take. */
const PATIENCE = ['fetch-timeout=60000', 'fetch-retries=4'];
const PIP_KEYS: Record<string, string> = {
  'index-url': 'PIP_INDEX_URL',
  'extra-index-url': 'PIP_EXTRA_INDEX_URL',
  'trusted-host': 'PIP_TRUSTED_HOST',
  cert: 'PIP_CERT',
  'find-links': 'PIP_FIND_LINKS',
  timeout: 'PIP_DEFAULT_TIMEOUT',
  retries: 'PIP_RETRIES',
  'no-index': 'PIP_NO_INDEX',
  proxy: 'PIP_PROXY',
};

/** `https://user:secret@host/x` -> `https://host/x`, anywhere in the text. */
function withoutUserinfo(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1');
}

/** Keeps registry, proxy and certificate lines of an .npmrc; tokens, passwords and ${variables} go. */
export function filterNpmrc(text: string): string {
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*([^=#;]+?)\s*=\s*(.*?)\s*$/.exec(line);
    if (!match) continue;
    const [, key = '', value = ''] = match;
    const wanted =
      NPM_KEYS.includes(key.replace(/\[\]$/, '')) || /^@[a-z0-9._-]+:registry$/i.test(key);
    if (wanted && !value.includes('${')) kept.push(`${key}=${withoutUserinfo(value)}`);
  }
  return kept.join('\n');
}

/** Index, proxy and certificate settings of a pip.conf as PIP_* variables. */
export function pipEnvironment(text: string): Record<string, string> {
  const env: Record<string, string> = {};
  let section = '';
  let last: string | undefined;
  for (const line of text.split('\n')) {
    const header = /^\s*\[(.+)\]\s*$/.exec(line);
    if (header) {
      section = header[1] ?? '';
      last = undefined;
      continue;
    }
    if (section !== 'global' && section !== 'install') continue;
    // An indented line continues the value before it.
    if (/^\s+\S/.test(line) && last !== undefined) {
      env[last] = `${env[last] ?? ''} ${withoutUserinfo(line.trim())}`.trim();
      continue;
    }
    const match = /^([\w-]+)\s*[=:]\s*(.*?)\s*$/.exec(line);
    last = match ? PIP_KEYS[match[1] ?? ''] : undefined;
    if (last !== undefined) env[last] = withoutUserinfo(match?.[2] ?? '');
  }
  return env;
}

/** Mirrors and proxies of a Maven settings.xml; servers and every user name and password go. */
export function filterMavenSettings(text: string): string | null {
  const bare = text.replace(/<!--[\s\S]*?-->/g, '');
  const blocks = ['mirrors', 'proxies'].flatMap((tag) => {
    const block = new RegExp(`<${tag}>[\\s\\S]*?</${tag}>`).exec(bare)?.[0];
    return block === undefined ? [] : [block];
  });
  if (blocks.length === 0) return null;
  const body = blocks
    .join('\n')
    .replace(/<(username|password|passphrase|privateKey)>[\s\S]*?<\/\1>/g, '');
  return `<settings>\n${withoutUserinfo(body)}\n</settings>\n`;
}

/** Collects the settings from the environment and the usual files. Missing files count as empty. */
export async function readInstallSettings(
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): Promise<InstallSettings> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const prefix = dirname(dirname(await realpath(process.execPath)));
  const npmFiles = ['/etc/npmrc', join(prefix, 'etc/npmrc'), join(home, '.npmrc')];
  const npmLines = filterNpmrc((await Promise.all(npmFiles.map(read))).join('\n'));

  const pipFiles = [
    '/etc/pip.conf',
    join(home, '.pip/pip.conf'),
    join(home, '.config/pip/pip.conf'),
  ];
  if (env['PIP_CONFIG_FILE']) pipFiles.push(env['PIP_CONFIG_FILE']);
  const collected: Record<string, string> = {};
  for (const file of pipFiles) Object.assign(collected, pipEnvironment(await read(file)));
  for (const name of PLAIN_ENV) {
    const value = env[name];
    if (value) collected[name] = withoutUserinfo(value);
  }
  const fromEnv = NPM_KEYS.flatMap((key) => {
    const value =
      env[`npm_config_${key.replaceAll('-', '_')}`] ??
      env[`NPM_CONFIG_${key.replaceAll('-', '_').toUpperCase()}`];
    return value ? [`${key}=${withoutUserinfo(value)}`] : [];
  });
  const quiet = ['fund=false', 'audit=false', 'update-notifier=false'];
  // The last line about a key counts: the operator's, where there is one.
  const npmrc = [...PATIENCE, npmLines, ...fromEnv, ...quiet].join('\n');

  const maven = filterMavenSettings(await read(join(home, '.m2/settings.xml')));
  return {
    env: { ...collected, PIP_DISABLE_PIP_VERSION_CHECK: '1' },
    npmrc: `${npmrc}\n`,
    mavenSettings: maven,
    hosts: hostsIn([...Object.values(collected), npmrc, maven ?? '', proxyHostsOf(maven ?? '')]),
    mounts: await namedPaths([...Object.values(collected), ...npmrc.split('\n')], home),
  };
}

/** Maven names a proxy by host and port, not by URL. */
function proxyHostsOf(mavenSettings: string): string {
  return [...mavenSettings.matchAll(/<host>\s*([^<\s]+)\s*<\/host>/g)]
    .map(([, host]) => `http://${host}`)
    .join(' ');
}

/** Absolute paths that occur as values and exist, except folders that would show the home folder. */
async function namedPaths(values: string[], home: string): Promise<SandboxMount[]> {
  const mounts = new Map<string, SandboxMount>();
  for (const value of values) {
    for (const word of value.replace(/^[^=]*=/, '').split(/\s+/)) {
      const target = word.replace(/^file:\/\//, '').replace(/^"|"$/g, '');
      if (!isAbsolute(target) || target.startsWith('/usr/')) continue;
      const source = await realpath(target).catch(() => null);
      if (source === null || `${home}/`.startsWith(`${source}/`) || source === '/') continue;
      mounts.set(target, { source, target });
    }
  }
  return [...mounts.values()];
}
