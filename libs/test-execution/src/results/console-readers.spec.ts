import { describe, expect, it } from '@jest/globals';
import { type TestCase } from '../suite.js';
import { CargoTestReader } from './cargo-output.js';
import { DotnetConsoleReader } from './dotnet-output.js';
import { GoTestReader } from './go-test-json.js';
import { MavenTotalsReader } from './maven-output.js';
import { type OutputReader } from './output-reader.js';

const read = (make: (onCase: (test: TestCase) => void) => OutputReader, text: string) => {
  const cases: TestCase[] = [];
  const reader = make((test) => cases.push(test));
  for (const line of text.split('\n')) reader.line(line, 'stdout');
  reader.end();
  return { cases, totals: reader.summary(), recognised: reader.recognised() };
};

/** `go test -json` of Go 1.26.8 on spf13/pflag 5fdac2d with a planted test file; times left out. */
const GO = `{"Action":"start","Package":"github.com/spf13/pflag"}
{"Action":"run","Package":"github.com/spf13/pflag","Test":"TestEverything"}
{"Action":"output","Package":"github.com/spf13/pflag","Test":"TestEverything","Output":"=== RUN   TestEverything\\n"}
{"Action":"output","Package":"github.com/spf13/pflag","Test":"TestEverything","Output":"--- PASS: TestEverything (0.00s)\\n"}
{"Action":"pass","Package":"github.com/spf13/pflag","Test":"TestEverything","Elapsed":0}
{"Action":"run","Package":"github.com/spf13/pflag","Test":"TestPlanted"}
{"Action":"output","Package":"github.com/spf13/pflag","Test":"TestPlanted","Output":"=== RUN   TestPlanted\\n"}
{"Action":"run","Package":"github.com/spf13/pflag","Test":"TestPlanted/sub_case"}
{"Action":"output","Package":"github.com/spf13/pflag","Test":"TestPlanted/sub_case","Output":"=== RUN   TestPlanted/sub_case\\n"}
{"Action":"output","Package":"github.com/spf13/pflag","Test":"TestPlanted/sub_case","Output":"    planted_test.go:6: got 1, want 2\\n"}
{"Action":"output","Package":"github.com/spf13/pflag","Test":"TestPlanted/sub_case","Output":"--- FAIL: TestPlanted/sub_case (0.00s)\\n"}
{"Action":"fail","Package":"github.com/spf13/pflag","Test":"TestPlanted/sub_case","Elapsed":0}
{"Action":"run","Package":"github.com/spf13/pflag","Test":"TestPlanted/skipped"}
{"Action":"output","Package":"github.com/spf13/pflag","Test":"TestPlanted/skipped","Output":"=== RUN   TestPlanted/skipped\\n"}
{"Action":"output","Package":"github.com/spf13/pflag","Test":"TestPlanted/skipped","Output":"    planted_test.go:7: no time\\n"}
{"Action":"output","Package":"github.com/spf13/pflag","Test":"TestPlanted/skipped","Output":"--- SKIP: TestPlanted/skipped (0.00s)\\n"}
{"Action":"skip","Package":"github.com/spf13/pflag","Test":"TestPlanted/skipped","Elapsed":0}
{"Action":"output","Package":"github.com/spf13/pflag","Test":"TestPlanted","Output":"--- FAIL: TestPlanted (0.00s)\\n"}
{"Action":"fail","Package":"github.com/spf13/pflag","Test":"TestPlanted","Elapsed":0}
{"Action":"output","Package":"github.com/spf13/pflag","Output":"FAIL\\n"}
{"Action":"output","Package":"github.com/spf13/pflag","Output":"FAIL\\tgithub.com/spf13/pflag\\t0.019s\\n"}
{"Action":"fail","Package":"github.com/spf13/pflag","Elapsed":0.019}`;

describe('GoTestReader', () => {
  const go = (text: string) => read((onCase) => new GoTestReader(onCase, () => 'lib'), text);

  it('reads tests and subtests as they end', () => {
    const { cases, totals } = go(GO);
    expect(cases.map(({ name, status, file }) => `${status} ${file} ${name}`)).toEqual([
      'passed lib TestEverything',
      'failed lib/planted_test.go TestPlanted > sub_case',
      'skipped lib/planted_test.go TestPlanted > skipped',
      'failed lib TestPlanted',
    ]);
    expect(cases[1]).toMatchObject({ message: 'planted_test.go:6: got 1, want 2', durationMs: 0 });
    expect(totals).toEqual({ passed: 1, failed: 2, skipped: 1, errors: 0 });
  });

  it('makes one error of a package that does not build', () => {
    const { cases } =
      go(`{"ImportPath":"x/a","Action":"build-output","Output":"./a.go:3:1: undefined: y\\n"}
{"Package":"x/a","Action":"output","Output":"FAIL\\tx/a [build failed]\\n"}
{"Package":"x/a","Action":"fail","Elapsed":0}`);
    expect(cases).toMatchObject([{ name: 'package x/a', status: 'error' }]);
  });
});

/** `cargo test` of cargo 1.95.0 on dtolnay/semver dd8dc0a with planted tests; frames of the standard library left out. */
const CARGO = `   Compiling semver v1.0.25 (/tmp/rec/semver)
    Finished \`test\` profile [unoptimized + debuginfo] target(s) in 4.54s
     Running unittests src/lib.rs (/tmp/rec/ct/debug/deps/semver-8ffd0ae9671b6912)

running 2 tests
test planted::later ... ignored
test planted::adds ... FAILED

failures:

---- planted::adds stdout ----

thread 'planted::adds' (8883) panicked at src/lib.rs:582:35:
assertion \`left == right\` failed: sums
  left: 2
 right: 3
stack backtrace:
   4: semver::planted::adds
             at ./src/lib.rs:582:35
   5: semver::planted::adds::{{closure}}
             at ./src/lib.rs:582:32
note: Some details are omitted, run with \`RUST_BACKTRACE=full\` for a verbose backtrace.


failures:
    planted::adds

test result: FAILED. 0 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.21s


error: test failed, to rerun pass \`--lib\`
     Running tests/test_autotrait.rs (/tmp/rec/ct/debug/deps/test_autotrait-7be4aef4c9ab7062)

running 1 test
test test ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s

error: 1 target failed:
    \`--lib\`
`;

describe('CargoTestReader', () => {
  const cargo = (text: string) => read((onCase) => new CargoTestReader(onCase), text);

  it('reads unit and integration tests with their files and messages', () => {
    const { cases, totals } = cargo(CARGO);
    expect(cases.map(({ name, status, file }) => `${status} ${file} ${name}`)).toEqual([
      'skipped src/lib.rs planted > later',
      'failed src/lib.rs planted > adds',
      'passed tests/test_autotrait.rs test',
    ]);
    expect(cases[1]?.message).toMatch(/panicked at src\/lib\.rs:582:35[\s\S]*right: 3/);
    expect(totals).toEqual({ passed: 1, failed: 1, skipped: 1, errors: 0 });
  });

  it('knows the file of a doc test by its name', () => {
    const { cases } = cargo(
      '   Doc-tests semver\ntest src/lib.rs - Version::parse (line 412) ... ok',
    );
    expect(cases).toEqual([
      { name: 'src/lib.rs - Version::parse (line 412)', status: 'passed', file: 'src/lib.rs' },
    ]);
  });

  it('makes one error of a crate that does not compile', () => {
    const { cases } = cargo(
      'error[E0425]: cannot find value `y` in this scope\n --> src/lib.rs:3:5',
    );
    expect(cases).toMatchObject([
      { name: 'compilation', status: 'error', message: expect.stringContaining('src/lib.rs:3:5') },
    ]);
  });
});

/**
 * `dotnet test` with the console logger (.NET 8, MSTest, Windows), as posted on 2024-07-04 in microsoft/vstest
 * issue 3842; the last frame is left out.
 */
const DOTNET = `  Failed MSTest_Failed_Test [21 ms]
  Error Message:
   Assert.IsTrue failed.
  Stack Trace:
     at TestProject2.UnitTest1.MSTest_Failed_Test() in D:\\source\\repos\\xunitplay\\TestProject2\\UnitTest1.cs:line 10
   at System.RuntimeMethodHandle.InvokeMethod(Object target, Void** arguments, Signature sig, Boolean isConstructor)

  Standard Output Messages:
 This MSTest failed


  Passed MSTest_Passing_Test [< 1 ms]
  Standard Output Messages:
 This MSTest passed



Test Run Failed.
Total tests: 2
     Passed: 1
     Failed: 1
 Total time: 1.6229 Seconds`;

describe('DotnetConsoleReader', () => {
  it('reads results, durations and messages', () => {
    const { cases, totals } = read((onCase) => new DotnetConsoleReader(onCase), DOTNET);
    expect(cases).toMatchObject([
      {
        name: 'MSTest_Failed_Test',
        status: 'failed',
        durationMs: 21,
        message: expect.stringMatching(/Assert\.IsTrue failed\.[\s\S]*UnitTest1\.cs:line 10/),
      },
      { name: 'MSTest_Passing_Test', status: 'passed', durationMs: 1 },
    ]);
    expect(totals).toEqual({ passed: 1, failed: 1, skipped: 0, errors: 0 });
  });

  it('reads skipped tests and longer times', () => {
    const text =
      '  Skipped Acme.Waits\n  Passed Acme.Slow [1 m 2 s]\n     Passed: 1\n    Skipped: 1';
    const { cases, totals } = read((onCase) => new DotnetConsoleReader(onCase), text);
    expect(cases).toMatchObject([{ status: 'skipped' }, { durationMs: 62_000 }]);
    expect(totals).toEqual({ passed: 1, failed: 0, skipped: 1, errors: 0 });
  });

  it('adds up the one-line summaries of several projects', () => {
    const { totals } = read(
      (onCase) => new DotnetConsoleReader(onCase),
      'Passed!  - Failed:     0, Passed:     2, Skipped:     0, Total:     2, Duration: 3 ms - A.dll (net8.0)\nFailed!  - Failed:     1, Passed:     4, Skipped:     1, Total:     6, Duration: 9 ms - B.dll (net8.0)',
    );
    expect(totals).toEqual({ passed: 6, failed: 1, skipped: 1, errors: 0 });
  });
});

describe('MavenTotalsReader', () => {
  it('adds up the closing lines of the modules, not those of the classes', () => {
    const { totals } = read(
      () => new MavenTotalsReader(),
      `[INFO] Running com.acme.ATest
[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 0.1 s -- in com.acme.ATest
[WARNING] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1
[ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.2 s <<< FAILURE! -- in com.acme.BTest
[ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 0`,
    );
    expect(totals).toEqual({ passed: 5, failed: 1, skipped: 1, errors: 1 });
  });

  it('says nothing when no test ran', () => {
    expect(read(() => new MavenTotalsReader(), '[INFO] BUILD SUCCESS').totals).toBeUndefined();
  });
});
