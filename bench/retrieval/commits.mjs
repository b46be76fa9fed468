/** Labelled requests from history: what a commit's message asks for, and the files it changed. */
import { execFileSync, spawn } from 'node:child_process';

const SOURCE = /\.(?:[cm]?[jt]sx?|py|java|cs)$/;
/** Messages that ask for nothing a reader of code could find. */
const EMPTY =
  /^(?:merge|revert|release|bump|v?\d+\.\d+|chore\(?.*(?:release|deps)|update (?:deps|dependencies|changelog)|\[maven-release|prepare)/i;

export class History {
  constructor(gitDir) {
    this.gitDir = gitDir;
    this.blobs = new Map();
  }

  git(...args) {
    return execFileSync('git', ['--git-dir', this.gitDir, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
  }

  /** The newest commits that change 1 to 10 source files which were there before. */
  labelled(limit) {
    const found = [];
    const log = this.git(
      'log',
      '--no-merges',
      '--format=%x01%H%x02%P%x02%B%x03',
      '--raw',
      '--no-abbrev',
      '-n',
      '20000',
      'HEAD',
    );
    for (const entry of log.split('\x01').slice(1)) {
      const [head, raw] = entry.split('\x03');
      const [sha, parent, body] = head.split('\x02');
      const message = body
        .replace(/^[\w-]+-by:.*$/gim, '')
        .replace(/\(?#\d+\)?/g, '')
        .trim();
      if (!parent || EMPTY.test(message) || message.split(/\s+/).length < 4) continue;
      const files = raw
        .split('\n')
        .map((line) => /^:\d+ \d+ [0-9a-f]+ [0-9a-f]+ M\t(.+)$/.exec(line)?.[1])
        .filter((path) => path !== undefined && SOURCE.test(path));
      if (files.length === 0 || files.length > 10) continue;
      found.push({ sha, parent: parent.split(' ')[0], message, files });
      if (found.length === limit) break;
    }
    return found;
  }

  /** Source files of a commit, as the graph takes them. */
  files(sha) {
    return this.git('ls-tree', '-r', '-l', '-z', sha)
      .split('\0')
      .flatMap((line) => {
        const [, mode, blob, size, path] = /^(\d+) blob ([0-9a-f]+) +(\d+)\t(.+)$/.exec(line) ?? [];
        if (path === undefined || !mode.startsWith('100')) return [];
        return [{ path, blobId: blob, size: Number(size), read: () => this.read(blob) }];
      });
  }

  async read(blob) {
    const known = this.blobs.get(blob);
    if (known !== undefined) return known;
    const content = await this.batch(blob);
    this.blobs.set(blob, content);
    return content;
  }

  /** One `git cat-file --batch` for all blobs, asked in order. */
  batch(blob) {
    this.process ??= this.open();
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.process.stdin.write(`${blob}\n`);
    });
  }

  open() {
    this.waiting = [];
    let held = Buffer.alloc(0);
    const child = spawn('git', ['--git-dir', this.gitDir, 'cat-file', '--batch'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      for (;;) {
        const end = held.indexOf(10);
        if (end < 0) return;
        const size = Number(held.subarray(0, end).toString().split(' ')[2]);
        if (held.length < end + 1 + size + 1) return;
        this.waiting.shift()(Buffer.from(held.subarray(end + 1, end + 1 + size)));
        held = held.subarray(end + 1 + size + 1);
      }
    });
    return child;
  }

  close() {
    this.process?.stdin.end();
  }
}
