import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeTrees, tree } from '../spec-support/trees.js';
import { type TestFramework } from '../suite.js';
import { readCoverage } from './read-coverage.js';
import { coberturaLines, jacocoLines } from './xml-coverage.js';

/** After a report that JaCoCo left under Gradle (of the form in BrunoFReis/activity at e6908d8), shortened. */
const JACOCO = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="core"><sessioninfo id="host-762c007a" start="1685806462766" dump="1685806464532"/><package name="com/acme"><class name="com/acme/Calc" sourcefilename="Calc.java"><method name="&lt;init&gt;" desc="()V" line="3"><counter type="INSTRUCTION" missed="0" covered="3"/></method></class><sourcefile name="Calc.java"><line nr="3" mi="0" ci="3" mb="0" cb="0"/><line nr="9" mi="4" ci="0" mb="2" cb="0"/><counter type="LINE" missed="1" covered="1"/></sourcefile></package></report>`;

/** As coverlet 3 writes it (the layout of petli/coverlet-issue-760-demo at 9ddab2f), with the paths of a container. */
const COVERLET = `\uFEFF<?xml version="1.0" encoding="utf-8"?>
<coverage line-rate="0.5" branch-rate="1" version="1.9" timestamp="1592241606" lines-covered="1" lines-valid="2" branches-covered="4" branches-valid="4">
  <sources>
    <source>/workspace/</source>
  </sources>
  <packages>
    <package name="Demo" line-rate="1" branch-rate="1" complexity="4">
      <classes>
        <class name="Demo.Implementation/&lt;&gt;c" filename="src/Demo/Implementation.cs" line-rate="1" branch-rate="1" complexity="4">
          <methods>
            <method name="&lt;If&gt;b__0_0" signature="(System.Int32)" line-rate="1" branch-rate="1" complexity="2">
              <lines>
                <line number="15" hits="6" branch="True" condition-coverage="100% (2/2)" />
              </lines>
            </method>
          </methods>
          <lines>
            <line number="15" hits="6" branch="True" condition-coverage="100% (2/2)">
              <conditions>
                <condition number="100" type="jump" coverage="100%" />
              </conditions>
            </line>
          </lines>
        </class>
        <class name="Demo.Implementation" filename="src/Demo/Implementation.cs" line-rate="0" branch-rate="1" complexity="1">
          <methods />
          <lines>
            <line number="15" hits="0" branch="False" />
            <line number="29" hits="0" branch="False" />
          </lines>
        </class>
        <class name="Other" filename="home/ci/.nuget/Other.cs" line-rate="1" branch-rate="1" complexity="1">
          <lines><line number="1" hits="1" branch="False" /></lines>
        </class>
      </classes>
    </package>
  </packages>
</coverage>`;

const place = { root: '/workspace', cwd: '.' };
const suite = (framework: TestFramework, cwd = '.') => ({
  id: framework,
  framework,
  cwd,
  reason: '',
  command: ['x'] as [string],
  installPlan: null,
});
const plain = (lines: Map<string, Map<number, number>> | null) =>
  Object.fromEntries([...(lines ?? [])].map(([file, hits]) => [file, [...hits]]));

describe('coverage as XML', () => {
  afterEach(removeTrees);

  it('reads JaCoCo and finds its source files', () => {
    expect(plain(jacocoLines(JACOCO, (suffix) => `src/main/java/${suffix}`))).toEqual({
      'src/main/java/com/acme/Calc.java': [[3, 3], [9, 0]], // prettier-ignore
    });
  });

  it('reads coverlet: nested classes share a file, and files of elsewhere are left out', () => {
    const known = (path: string) => (path.startsWith('/workspace/') ? path.slice(11) : undefined);
    const lines = coberturaLines(
      COVERLET.replace('<source>', '<source>/other</source><source>'),
      (path) => (path.includes('.nuget') ? undefined : known(path)),
    );
    expect(plain(lines)).toEqual({ 'src/Demo/Implementation.cs': [[15, 6], [29, 0]] }); // prettier-ignore
  });

  it('takes separators of Windows', () => {
    const windows = COVERLET.replaceAll('src/Demo/', 'src\\Demo\\');
    const lines = coberturaLines(windows, (path) => (/Impl/.test(path) ? path : undefined));
    expect([...(lines?.keys() ?? [])]).toEqual(['/workspace/src/Demo/Implementation.cs']);
  });

  it('puts the reports of all modules together, each with the sources of its own module', async () => {
    const root = tree({
      'app/pom.xml': '',
      'app/core/src/main/java/com/acme/Calc.java': '',
      'app/core/target/site/jacoco/jacoco.xml': JACOCO,
      'app/web/src/main/java/com/acme/Calc.java': '',
      'app/web/build/reports/jacoco/test/jacocoTestReport.xml': JACOCO,
      'elsewhere/target/site/jacoco/jacoco.xml': JACOCO,
      'elsewhere/src/com/acme/Calc.java': '',
    });
    const lines = await readCoverage(suite('maven', 'app'), root, root, place);
    expect(Object.keys(plain(lines))).toEqual([
      'app/core/src/main/java/com/acme/Calc.java',
      'app/web/src/main/java/com/acme/Calc.java',
    ]);
  });

  it('reads the report of each .NET test project from the folder of results', async () => {
    const root = tree({ 'src/Demo/Implementation.cs': '' });
    const results = tree({});
    const report = join(results, 'trx/0d3f/coverage.cobertura.xml');
    expect(await readCoverage(suite('dotnet'), results, root, place)).toBeNull();
    mkdirSync(dirname(report), { recursive: true });
    writeFileSync(report, COVERLET);
    expect(plain(await readCoverage(suite('dotnet'), results, root, place))).toEqual({
      'src/Demo/Implementation.cs': [[15, 6], [29, 0]], // prettier-ignore
    });
  });

  it.each(['', '<report>', '<coverage/>x', '<other/>'])('takes %p for no report', (text) => {
    expect(jacocoLines(text, (path) => path)).toBeNull();
    expect(coberturaLines(text, (path) => path)).toBeNull();
  });
});
