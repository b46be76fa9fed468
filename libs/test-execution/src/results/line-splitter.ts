import { StringDecoder } from 'node:string_decoder';

/** Longer lines are cut into pieces, so that output without newlines can't pile up. */
const MAX_LINE = 16_384;

/** Turns chunks into lines; a multi-byte character over a chunk border stays whole. */
export class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';

  constructor(
    private readonly onLine: (line: string) => void,
    private readonly maxLine = MAX_LINE,
  ) {}

  write(chunk: Buffer): void {
    const lines = (this.rest + this.decoder.write(chunk)).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.emit(line);
    if (this.rest.length > this.maxLine) this.end();
  }

  end(): void {
    const rest = this.rest;
    this.rest = '';
    if (rest) this.emit(rest);
  }

  private emit(line: string): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    for (let at = 0; at === 0 || at < text.length; at += this.maxLine) {
      this.onLine(text.slice(at, at + this.maxLine));
    }
  }
}
