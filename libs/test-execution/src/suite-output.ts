import { type TestTotals } from '@hil/contracts';
import { type OutputStream } from '@hil/sandbox';
import { type FrameworkCall } from './frameworks/framework-call.js';
import { withoutEscapes } from './results/without-escapes.js';
import { LineSplitter } from './results/line-splitter.js';
import { type OutputReader } from './results/output-reader.js';
import { type LogListener, type ResultSourceKind, type TestCase } from './suite.js';

const TAIL_LINES = 30;

/** The output of the test process: its log, its last lines, and results where they are read from it. */
export class SuiteOutput {
  readonly tail: string[] = [];
  private readonly reader: OutputReader | undefined;
  private readonly splitters: Record<OutputStream, LineSplitter>;

  constructor(
    private readonly call: FrameworkCall,
    emit: (test: TestCase) => void,
    onLog: LogListener | undefined,
  ) {
    const { results } = call;
    if (results.from === 'output') this.reader = results.reader(emit);
    if (results.from === 'xml') this.reader = results.totals?.();
    const splitter = (stream: OutputStream) =>
      new LineSplitter((raw) => {
        // NO_COLOR would be tidier, and breaks suites that test colours.
        const line = withoutEscapes(raw);
        this.tail.push(line);
        if (this.tail.length > TAIL_LINES) this.tail.shift();
        this.reader?.line(line, stream);
        onLog?.(line, stream);
      });
    this.splitters = { stdout: splitter('stdout'), stderr: splitter('stderr') };
  }

  write(stream: OutputStream, chunk: Buffer): void {
    this.splitters[stream].write(chunk);
  }

  end(): void {
    this.splitters.stdout.end();
    this.splitters.stderr.end();
    this.reader?.end();
  }

  /** True when results were read from the output, and to their end. */
  whole(): boolean {
    return this.reader?.recognised() === true && this.reader.summary() !== undefined;
  }

  /** Says how far the results can be trusted: a whole report, or the exit code alone. */
  source(someCases: boolean): ResultSourceKind {
    const { from } = this.call.results;
    if (from === 'reporter') return 'reporter';
    if (from === 'xml') return someCases || this.whole() ? 'xml' : 'exit_code';
    if (this.whole()) return 'output';
    return someCases && this.reader?.recognised() !== true ? 'xml' : 'exit_code';
  }

  /** The framework's own count, when the cases do not come from its XML alone. */
  summary(source: ResultSourceKind): TestTotals | undefined {
    return this.call.results.from === 'output' && source === 'xml'
      ? undefined
      : this.reader?.summary();
  }
}
