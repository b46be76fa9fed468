import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineSplitter } from './line-splitter.js';

const POLL_MS = 40;
/** A test can write to the file too; more than this is not read. */
const MAX_BYTES = 64 * 1024 * 1024;

const MAX_RECORD = 256 * 1024;

/**
 * The way from our reporter in the sandbox to us: a file outside the repository, followed as it grows.
 * Lines without the mark of this run are ignored, so what tests print can't pass for a result.
 */
export class ReportFile {
  private offset = 0;
  private reading: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    readonly folder: string,
    readonly env: Record<string, string>,
    private readonly handle: FileHandle,
    private readonly lines: LineSplitter,
  ) {}

  static async open(onRecord: (record: Record<string, unknown>) => void): Promise<ReportFile> {
    const folder = await mkdtemp(join(tmpdir(), 'hil-report-'));
    const path = join(folder, randomBytes(8).toString('hex'));
    const mark = randomBytes(16).toString('hex');
    // Opened once: a link put in its place later is not followed.
    const handle = await open(path, 'wx+', 0o600);
    const lines = new LineSplitter((line) => {
      if (!line.startsWith(`${mark} `)) return;
      try {
        const record: unknown = JSON.parse(line.slice(mark.length + 1));
        if (typeof record === 'object' && record !== null) onRecord({ ...record });
      } catch {
        // Cut off by the death of the runner.
      }
    }, MAX_RECORD);
    const env = { HIL_REPORT_FILE: path, HIL_REPORT_MARK: mark };
    const report = new ReportFile(folder, env, handle, lines);
    report.timer = setInterval(() => report.readOn(), POLL_MS);
    return report;
  }

  private readOn(): void {
    this.reading = this.reading.then(async () => {
      const buffer = Buffer.alloc(256 * 1024);
      while (this.offset < MAX_BYTES) {
        const { bytesRead } = await this.handle.read(buffer, 0, buffer.length, this.offset);
        if (bytesRead === 0) return;
        this.offset += bytesRead;
        this.lines.write(Buffer.from(buffer.subarray(0, bytesRead)));
      }
    });
  }

  /** Reads what is left and removes the file. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.readOn();
    try {
      await this.reading;
      this.lines.end();
    } finally {
      await this.handle.close();
      await rm(this.folder, { recursive: true, force: true });
    }
  }
}
