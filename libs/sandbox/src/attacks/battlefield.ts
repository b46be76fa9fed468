import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSocket, type AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArtifact } from '../read-artifact.js';
import { type SandboxDriver, type SandboxResult } from '../sandbox.js';
import { type Attack, type Target } from './attacks.js';

export interface Report {
  result: SandboxResult;
  output: string;
}

const LIMITS = {
  timeoutMs: 20_000,
  memoryMb: 256,
  cpus: 1,
  pids: 64,
  maxOutputBytes: 1_000_000,
  diskMb: 256,
};
const SECRET = 'host secret\n';
const ROOT_FILE = 'for root alone\n';
const WORD = `hil-attack-${process.pid}`;

/** A piece of the host that attacks aim at, and that is looked over after each. */
export class Battlefield {
  private readonly root = mkdtempSync(join(tmpdir(), 'hil-attacks-'));
  private readonly workspace = join(this.root, 'workspace');
  private readonly secretFile = join(this.root, 'secret');
  private readonly rootFile = join(this.root, 'of-root');
  private readonly socket = join(this.root, 'host.sock');
  private readonly sockets = ['/var/run/docker.sock', '/run/docker.sock', this.socket];
  private readonly servers: Server[] = [];
  private port = 0;
  private clock = 0;

  async open(): Promise<void> {
    process.env['HIL_ATTACK_SECRET'] = 'hunter2-parent-environment';
    await this.repair();
    writeFileSync(this.rootFile, ROOT_FILE, { mode: 0o600 });
    const server = createServer((_request, response) => response.end('host server'));
    const other = createSocket((connection) => connection.end());
    await new Promise<void>((done) => server.listen(0, '0.0.0.0', done));
    await new Promise<void>((done) => other.listen(this.socket, done));
    this.port = (server.address() as AddressInfo).port;
    this.servers.push(server, other as Server);
  }

  close(): void {
    delete process.env['HIL_ATTACK_SECRET'];
    for (const server of this.servers) server.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** One more socket that must not be seen inside. */
  hide(socket: string): void {
    this.sockets.push(socket);
  }

  /** Runs an attack in a fresh workspace. */
  async attack(
    driver: SandboxDriver,
    attack: Attack,
    phase: 'run' | 'prepare' = 'run',
  ): Promise<Report> {
    rmSync(this.workspace, { recursive: true, force: true });
    mkdirSync(this.workspace);
    this.clock = Date.now() - performance.now();
    let output = '';
    const result = await driver[phase]({
      ...LIMITS,
      workspace: this.workspace,
      readOnlyMounts: [{ source: this.rootFile }],
      argv: ['sh', '-c', attack.script(this.target())],
      onOutput: (_stream, chunk) => void (output += chunk.toString('latin1')),
      ...attack.limits,
    });
    return { result, output };
  }

  /** Reaching for this host out of an installation, by every address it has. */
  installAttack(): Attack {
    const { addresses, port } = this.target();
    const hosts = [...addresses, '192.0.2.2', '169.254.169.254', '172.17.0.1', '10.0.0.1'];
    const script = `node -e '
const net = require("node:net");
let open = 0;
for (const host of ${JSON.stringify(hosts)}) {
  open += 1;
  const socket = net.connect({ host, port: ${port} });
  socket.setTimeout(1500, () => socket.destroy());
  socket.on("connect", () => { console.log("reached", host); socket.destroy(); });
  socket.on("error", () => {});
  socket.on("close", () => { open -= 1; if (open === 0) console.log("done"); });
}'`;
    return { name: 'reaching the host out of an installation', script: () => script };
  }

  /** What is different from before the attack; each a sentence. */
  async changes(): Promise<string[]> {
    const found: string[] = [];
    if (readFileSync(this.secretFile, 'utf8') !== SECRET) found.push('the secret file changed');
    // What the product does afterwards: reads a report, and asks git about the tree.
    if (await readArtifact(this.workspace, 'report.xml')) found.push('a link was read as a report');
    const args = ['--git-dir', join(this.root, 'repository.git'), '--work-tree', this.workspace];
    git([...args, 'status', '--porcelain']);
    if (existsSync(`${this.secretFile}.hooked`)) found.push('git ran a program of the repository');
    if (Math.abs(Date.now() - performance.now() - this.clock) > 5_000)
      found.push('the clock moved');
    const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
    if (processes.some((line) => line.startsWith(WORD))) found.push('a process was left');
    const groups = execFileSync('find', ['/sys/fs/cgroup', '-maxdepth', '6', '-name', `hil-sandbox-${process.pid}-*`], { encoding: 'utf8' }); // prettier-ignore
    if (groups !== '') found.push(`control groups were left: ${groups}`);
    const scratch = readdirSync(tmpdir()).filter((name) => name.startsWith(`hil-docker-${process.pid}-`)); // prettier-ignore
    if (scratch.length > 0) found.push(`folders were left: ${scratch.join(', ')}`);
    if (existsSync('/tmp/a') || existsSync('/attack')) found.push('files were written to the host');
    return found;
  }

  /** Makes the targets as they were. */
  async repair(): Promise<void> {
    mkdirSync(this.workspace, { recursive: true });
    writeFileSync(this.secretFile, SECRET);
    rmSync(`${this.secretFile}.hooked`, { force: true });
    const repository = join(this.root, 'repository.git');
    if (!existsSync(repository)) git(['init', '--bare', '-q', repository]);
  }

  private target(): Target {
    const outside = Object.values(networkInterfaces())
      .flatMap((entries) => entries ?? [])
      .filter((entry) => entry.family === 'IPv4' && !entry.internal)
      .map(({ address }) => address);
    return {
      port: this.port,
      addresses: ['127.0.0.1', ...outside],
      secretFile: this.secretFile,
      rootFile: this.rootFile,
      hostPid: process.pid,
      sockets: this.sockets,
      word: WORD,
    };
  }
}

/** An ordinary git that knows where its directory is, without settings of this machine. */
function git(args: readonly string[]): void {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', args, { env, stdio: 'ignore' });
}
