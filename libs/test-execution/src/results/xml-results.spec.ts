import { describe, expect, it } from '@jest/globals';
import { parseJUnitXml } from './junit-xml.js';
import { parseTrx } from './trx.js';
import { parseXml } from './xml.js';

/**
 * Written by Surefire 3.1.2 (JUnit 5, JDK 17, Maven 3.8.7) on apache/commons-cli at rel/commons-cli-1.6.0 with a
 * planted class; properties and four frames of JUnit are left out.
 */
const SUREFIRE = `<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report-3.0.xsd" version="3.0" name="org.apache.commons.cli.PlantedTest" time="0.714" tests="2" errors="0" skipped="1" failures="1">
  <properties>
  </properties>
  <testcase name="counts" classname="org.apache.commons.cli.PlantedTest" time="0.289">
    <failure message="expected: &lt;3&gt; but was: &lt;2&gt;" type="org.opentest4j.AssertionFailedError"><![CDATA[org.opentest4j.AssertionFailedError: expected: <3> but was: <2>
	at org.junit.jupiter.api.AssertionFailureBuilder.build(AssertionFailureBuilder.java:151)
	at org.junit.jupiter.api.Assertions.assertEquals(Assertions.java:527)
	at org.apache.commons.cli.PlantedTest.counts(PlantedTest.java:30)
	at java.base/java.lang.reflect.Method.invoke(Method.java:569)
	at java.base/java.util.ArrayList.forEach(ArrayList.java:1511)
]]></failure>
  </testcase>
  <testcase name="waits" classname="org.apache.commons.cli.PlantedTest" time="0.0">
    <skipped message="no time"/>
  </testcase>
</testsuite>`;

describe('parseJUnitXml', () => {
  const group = 'org.apache.commons.cli.PlantedTest';

  it('reads what Surefire writes', () => {
    expect(parseJUnitXml(SUREFIRE)).toEqual([
      {
        name: `${group} > counts`,
        status: 'failed',
        durationMs: 289,
        group,
        message: expect.stringMatching(
          /^org\.opentest4j.*expected: <3>[\s\S]*PlantedTest\.java:30/,
        ),
      },
      { name: `${group} > waits`, status: 'skipped', durationMs: 0, group, message: 'no time' },
    ]);
  });

  it('reads errors and times of more than a second, and no test that is only printed', () => {
    const error = `  <testcase name="breaks" classname="${group}" time="1,204.5">
    <error type="java.lang.NullPointerException">java.lang.NullPointerException</error>
    <system-out><![CDATA[<testcase name="forged"/>]]></system-out>
  </testcase>
</testsuite>`;
    const cases = parseJUnitXml(SUREFIRE.replace('</testsuite>', error)) ?? [];
    expect(cases.slice(2)).toEqual([
      {
        name: `${group} > breaks`,
        status: 'error',
        durationMs: 1_204_500,
        group,
        message: 'java.lang.NullPointerException',
      },
    ]);
  });

  it('waits for the end of a file that is still being written', () => {
    expect(parseJUnitXml(SUREFIRE.slice(0, 700))).toBeNull();
    expect(parseJUnitXml('')).toBeNull();
  });

  it('takes other documents for no report', () => {
    expect(parseJUnitXml('<project><testcase name="x"/></project>')).toBeNull();
  });
});

describe('parseXml', () => {
  it('reads no document type and no entity of its own', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>';
    expect(parseXml(bomb)).toBeNull();
    expect(parseXml('<a>&unknown;</a>')).toBeNull();
  });
});

/**
 * The results of a real `dotnet test --logger trx` (xUnit 2.4, .NET Core 3.1 on Windows): four of the
 * seven in the fixture dotnet-trx.trx of dorny/test-reporter (MIT), attributes nobody reads left out.
 */
const TRX = `<?xml version="1.0" encoding="utf-8"?>
<TestRun id="b31581d7-9fcd-44c8-94e7-e0dee07cb5f1" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
  <Results>
    <UnitTestResult testId="55ef2114-eb39-77d8-4031-3da68d0dc505" testName="DotnetTests.XUnitTests.CalculatorTests.Skipped_Test" duration="00:00:00.0010000" outcome="NotExecuted"><Output><StdOut>Skipped test</StdOut></Output></UnitTestResult>
    <UnitTestResult testId="3bd3c92f-b8b2-2f41-9211-951100aa2540" testName="DotnetTests.XUnitTests.CalculatorTests.Failing_Test" duration="00:00:00.0032953" outcome="Failed">
      <Output><ErrorInfo>
        <Message>Assert.Equal() Failure&#xD;
Expected: 3&#xD;
Actual:   2</Message>
        <StackTrace>   at DotnetTests.XUnitTests.CalculatorTests.Failing_Test() in C:\\reports\\DotnetTests.XUnitTests\\CalculatorTests.cs:line 27</StackTrace>
      </ErrorInfo></Output>
    </UnitTestResult>
    <UnitTestResult testId="41c1dee7-2d17-4cf3-ae64-fae6fd9f9105" testName="DotnetTests.XUnitTests.CalculatorTests.Timeout_Test" duration="00:00:00.1022821" outcome="Passed" />
    <UnitTestResult testId="a171b9bb-97df-a0d8-c112-02ea0ea98607" testName="Custom Name" duration="00:00:00.0001030" outcome="Passed" />
  </Results>
  <TestDefinitions>
    <UnitTest name="Custom Name" id="a171b9bb-97df-a0d8-c112-02ea0ea98607"><TestMethod className="DotnetTests.XUnitTests.CalculatorTests" name="Passing_Test_With_Name" /></UnitTest>
  </TestDefinitions>
  <ResultSummary outcome="Failed"><Counters total="4" executed="3" passed="2" failed="1" /></ResultSummary>
</TestRun>`;

describe('parseTrx', () => {
  it('reads what dotnet test writes', () => {
    const cases = parseTrx(TRX) ?? [];
    expect(cases.map(({ name, status }) => `${status} ${name.split('.').at(-1)}`)).toEqual([
      'skipped Skipped_Test',
      'failed Failing_Test',
      'passed Timeout_Test',
      'passed Custom Name',
    ]);
    expect(cases[1]?.message).toMatch(/Expected: 3[\s\S]*CalculatorTests\.cs:line 27/);
    expect(cases[2]?.durationMs).toBe(102);
    expect(cases[3]?.group).toBe('DotnetTests.XUnitTests.CalculatorTests');
  });
});
