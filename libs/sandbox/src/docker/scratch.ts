import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostUser } from '../host-user.js';
import { INSTALL_NAMESERVER } from '../install-network.js';
import { type InstallSettings } from '../install-settings.js';
import { HOME } from './container-options.js';

/** Root never runs a stranger's program: this user does. */
const PLAIN = { uid: 1000, gid: 1000 };

/** Who commands run as: us, so that files keep their owner, or an ordinary user in place of root. */
export function containerUser(): HostUser {
  const [uid, gid] = [process.getuid?.() ?? PLAIN.uid, process.getgid?.() ?? PLAIN.gid];
  return uid === 0 ? PLAIN : { uid, gid };
}

/** Files of ours that a container reads; call `remove` when it is gone. */
export async function makeScratch(
  user: HostUser,
  install: InstallSettings | undefined,
): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), `hil-docker-${process.pid}-`));
  const put = (path: string, text: string) => writeFile(join(folder, path), text, { mode: 0o644 });
  const root = user.uid === 0 ? '' : 'root:x:0:0:root:/root:/bin/sh\n';
  await put(
    'passwd',
    `${root}hil:x:${user.uid}:${user.gid}::${HOME}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n`,
  );
  await put('group', `root:x:0:\nhil:x:${user.gid}:\nnogroup:x:65534:\n`);
  if (install !== undefined) {
    await mkdir(join(folder, 'home/.m2'), { recursive: true, mode: 0o755 });
    await put('home/.npmrc', install.npmrc);
    if (install.mavenSettings !== null) await put('home/.m2/settings.xml', install.mavenSettings);
    await put('resolv.conf', `nameserver ${INSTALL_NAMESERVER}\n`);
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
