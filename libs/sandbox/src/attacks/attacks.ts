import { type SandboxEndReason, type SandboxSpec } from '../sandbox.js';

/** What an attack is told about the machine it should not be able to touch. */
export interface Target {
  /** A server of the host listens there, on all addresses. */
  port: number;
  /** Own addresses of the host, loopback first. */
  addresses: string[];
  /** A file of the host, outside the workspace. */
  secretFile: string;
  /** A file that is mounted, and that root alone may read on the host. */
  rootFile: string;
  /** A number of a process of the host. */
  hostPid: number;
  /** Sockets that would give the host away. */
  sockets: string[];
  /** In the command line of whatever should not survive. */
  word: string;
}

export interface Attack {
  name: string;
  /** Shell code; `perl` and `node` are there. */
  script(target: Target): string;
  limits?: Partial<SandboxSpec>;
  /** What the result has to say; absent: the program ends by itself. */
  reason?: SandboxEndReason;
  /** The limit that stops it, as results name it; where it is not enforced, that is what has to be said. */
  limit?: string;
  /** What it may print, when it is contained. */
  prints?: RegExp;
  /** How much it prints. */
  bytes?: number;
  /** What it must not print. */
  neverPrints?: RegExp;
  /** Set when a plain process is not harmed for good by it: then its failure there is shown. */
  shownUnsandboxed?: boolean;
}

const connect = (hosts: readonly string[], port: number) => `node -e '
const net = require("node:net");
for (const host of ${JSON.stringify(hosts)}) {
  const socket = net.connect({ host, port: ${port} }, () => { console.log("reached", host); socket.destroy(); });
  socket.on("error", () => {}); setTimeout(() => socket.destroy(), 1200).unref();
}'`;

/** What tests of a hostile repository may try while they run. */
export const ATTACKS: readonly Attack[] = [
  {
    name: 'a fork bomb',
    script: () => `perl -e '1 while 1 + (fork // 0)'`,
    limits: { timeoutMs: 2_500 },
    reason: 'process_limit',
    limit: 'pids',
  },
  {
    name: 'taking 2 GB of memory',
    script: () => `perl -e 'push @a, "x" x 10_000_000 for 1 .. 200; print "took it\\n"'`,
    reason: 'memory_limit',
    limit: 'memory',
    neverPrints: /took it/,
    shownUnsandboxed: true,
  },
  {
    name: 'filling the disk with one file',
    script: () => `head -c 200000000 /dev/zero > big && echo filled`,
    limits: { diskMb: 48 },
    reason: 'disk_limit',
    neverPrints: /filled/,
  },
  {
    name: 'filling the disk with many files',
    script: () => `i=0; while :; do i=$((i+1)); head -c 4000000 /dev/zero > many$i || exit 9; done`,
    limits: { diskMb: 48 },
    reason: 'disk_limit',
  },
  {
    name: 'filling /tmp',
    script: () =>
      `i=0; while head -c 4000000 /dev/zero > /tmp/f$i; do i=$((i+1)); [ $i -lt 200 ] || exit 0; done; sleep 0.8; exit 9`,
    reason: 'disk_limit',
    limit: 'tmp',
  },
  {
    name: 'burning processor time',
    script: () => `while :; do :; done`,
    limits: { cpuSeconds: 1, timeoutMs: 15_000 },
    reason: 'cpu_limit',
    limit: 'cpu_time',
  },
  {
    name: 'reading the environment and processes of its parent',
    script: ({ hostPid }) =>
      `env; cat /proc/*/environ /proc/*/cmdline 2>/dev/null; ls -d /proc/${hostPid} && echo "process seen"; true`,
    // Its own command line is among what it prints.
    neverPrints: /hunter2-parent-environment|^process seen$/m,
    shownUnsandboxed: true,
  },
  {
    name: 'using a descriptor of its parent',
    // Beyond the standard streams (pipes, or sockets of Node): what stands in for them, and the folder listed.
    script: () =>
      `for fd in /proc/self/fd/*; do test "\${fd##*/}" -gt 2 && readlink $fd; done; echo listed`,
    prints: /^listed$/m,
    neverPrints: /^(?!\/dev\/null$|\/proc\/|listed$|$)/m,
  },
  {
    name: 'reading files of the host',
    script: ({ secretFile }) =>
      `for path in ${secretFile} /etc/shadow.host /root/.ssh /root/.npmrc /var/lib/docker /var/lib/dpkg/info/openssh-server.list /sys/kernel/debug/tracing; do test -e $path && echo "seen $path"; done; cat ${secretFile} 2>/dev/null; head -1 /etc/shadow 2>/dev/null && echo "shadow read"; true`,
    neverPrints: /seen|host secret|shadow read/,
    shownUnsandboxed: true,
  },
  {
    name: 'reading a mounted file of root',
    // The user names in here say nothing of who we are to files outside.
    script: ({ rootFile }) => `test -e ${rootFile} && echo there; cat ${rootFile}; true`,
    limit: 'unprivileged_user',
    prints: /^there$/m,
    neverPrints: /for root alone/,
    shownUnsandboxed: true,
  },
  {
    name: 'writing outside the workspace',
    script: ({ secretFile }) =>
      `for d in / /usr /usr/bin /etc /var /home /dev /proc/sys/kernel /sys; do touch $d/attack 2>/dev/null && echo "wrote $d"; done; echo changed > ${secretFile}; touch /tmp/a $HOME/a a && echo fine`,
    prints: /^fine$/m,
    neverPrints: /wrote/,
  },
  {
    name: 'reaching the loopback of the host, its other addresses, the world and DNS',
    script: ({ port, addresses }) =>
      `${connect([...addresses, '1.1.1.1'], port)}
${connect(['192.0.2.2', '1.1.1.1'], 80)}
node -e 'require("node:dns").lookup("example.com", (e) => { if (!e) console.log("resolved") })'`,
    neverPrints: /reached|resolved/,
    shownUnsandboxed: true,
  },
  {
    name: 'talking to the Docker daemon and other sockets of the host',
    script: ({ sockets }) =>
      `for path in ${sockets.join(' ')}; do test -e $path && echo "seen $path"; done; cat /proc/net/unix | grep -c -E 'docker|containerd|systemd' | grep -v '^0$' && echo "sockets listed"; true`,
    neverPrints: /seen|sockets listed/,
    shownUnsandboxed: true,
  },
  {
    name: 'writing and reading through a link that leads out',
    script: ({ secretFile }) =>
      `ln -sf ${secretFile} link; cat link; echo changed > link; ln -sf ${secretFile} report.xml; true`,
    neverPrints: /host secret/,
    shownUnsandboxed: true,
  },
  {
    name: 'planting git hooks, configuration and attributes',
    script: ({ secretFile }) => `
mkdir -p .git/hooks .git/objects .git/refs
printf 'ref: refs/heads/main\\n' > .git/HEAD
printf '#!/bin/sh\\ntouch ${secretFile}.hooked\\n' > .git/hooks/post-checkout
cp .git/hooks/post-checkout hook.sh; chmod +x hook.sh .git/hooks/post-checkout
printf '[core]\\n\\tfsmonitor = "$PWD/hook.sh"\\n[filter "x"]\\n\\tclean = touch ${secretFile}.hooked\\n\\trequired = true\\n' > .git/config
printf '* filter=x diff=x\\n' > .gitattributes; echo planted`,
    prints: /planted/,
  },
  {
    name: 'leaving a daemon behind',
    script: ({ word }) =>
      `perl -e 'use POSIX; exit if fork; POSIX::setsid(); exit if fork; $0 = "${word}"; close STDOUT; close STDERR; sleep 300'; sleep 0.2; exit 0`,
  },
  {
    name: 'ignoring TERM',
    script: ({ word }) =>
      `perl -e '$SIG{TERM} = "IGNORE"; $0 = "${word}"; if (fork) { sleep 1 while 1 } POSIX::setsid() if eval "use POSIX; 1"; sleep 1 while 1'`,
    limits: { timeoutMs: 1_200 },
    reason: 'timeout',
  },
  {
    name: 'endless output on both streams',
    script: () => `yes error >&2 & yes`,
    limits: { maxOutputBytes: 400_000 },
    reason: 'output_limit',
  },
  {
    name: 'endless output without a newline',
    script: () => `cat /dev/zero`,
    limits: { maxOutputBytes: 400_000 },
    reason: 'output_limit',
  },
  {
    name: 'a single line of 8 MB',
    script: () => `head -c 8000000 /dev/zero | tr '\\0' x`,
    limits: { maxOutputBytes: 9_000_000 },
    bytes: 8_000_000,
  },
  {
    name: 'terminal escapes',
    script: () =>
      `test -t 1 && echo terminal; printf '\\033]0;owned\\007\\033[2J\\033[?1049h'; true`,
    neverPrints: /terminal/,
    prints: /^\u001b\]0;owned/,
  },
  {
    name: 'becoming root through a setuid program',
    script: () =>
      `cp "$(command -v perl)" s; chmod 6755 s; ./s -e 'print "uid $>\\n"'; grep NoNewPrivs /proc/self/status; su -c id 2>/dev/null | grep uid=0; true`,
    prints: /^uid [1-9]\d*\nNoNewPrivs:\s+1\n$/,
  },
  {
    name: 'changing settings of the kernel',
    // Opened and never written: where this is not contained, the machine that runs the suite stays whole.
    script: () => `node -e '
const fs = require("node:fs");
const look = (folder) => {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = folder + "/" + entry.name;
    // Pressure may be watched by anybody; what is hidden is a device in its place.
    if (/^.proc.([0-9]+|pressure)$/.test(path) || fs.lstatSync(path).isCharacterDevice()) continue;
    if (entry.isDirectory()) { try { look(path) } catch {} }
    else if (entry.isFile()) { try { fs.closeSync(fs.openSync(path, "a")); console.log("could change", path) } catch {} }
  }
};
for (const folder of ["/proc", "/sys"]) if (fs.existsSync(folder)) look(folder);
console.log("looked");'`,
    prints: /^looked$/m,
    neverPrints: /could change/,
  },
  {
    name: 'making namespaces and mounts',
    script: ({ secretFile }) =>
      `unshare -U true 2>/dev/null && echo userns; unshare -n true 2>/dev/null && echo netns; mount -t tmpfs x /tmp 2>/dev/null && echo mounted; mount --bind / /tmp 2>/dev/null && echo bound; mknod d b 254 0 2>/dev/null && echo device; chroot / true 2>/dev/null && echo rooted; test -e ${secretFile} && echo secret; true`,
    neverPrints: /userns|netns|mounted|bound|device|rooted|secret/,
  },
  {
    name: 'tracing and signalling a process of the host',
    // ptrace(PTRACE_ATTACH) is system call 101 on x86-64 and 117 on arm64.
    script: ({ hostPid }) => `perl -e '
my $n = \`uname -m\` =~ /aarch64/ ? 117 : 101;
print syscall($n, 16, ${hostPid}, 0, 0) == 0 ? "attached\\n" : "refused\\n";
print kill(0, ${hostPid}) ? "signalled\\n" : "unknown\\n"'`,
    prints: /^refused\nunknown\n$/,
  },
  {
    name: 'setting the clock',
    script: () => `date -s '2001-01-01' >/dev/null 2>&1 && echo set; true`,
    neverPrints: /set/,
  },
];
