import { type CaseStatus, type TestCase } from '../suite.js';
import { elements, parseXml } from './xml.js';

const STATUS: Record<string, CaseStatus> = {
  Passed: 'passed',
  Failed: 'failed',
  NotExecuted: 'skipped',
  Inconclusive: 'skipped',
  Timeout: 'failed',
  Error: 'error',
  Aborted: 'error',
};

/** The test cases of a TRX file (Visual Studio's format, `dotnet test --logger trx`). Null when it is none. */
export function parseTrx(text: string): TestCase[] | null {
  const root = parseXml(text);
  if (root === null || root.name !== 'TestRun') return null;
  const classOf = new Map<string, string>();
  for (const test of elements(root, 'UnitTest')) {
    const method = test.children.find((child) => child.name === 'TestMethod');
    classOf.set(
      test.attributes['id'] ?? '',
      (method?.attributes['className'] ?? '').split(',')[0] ?? '',
    );
  }
  return elements(root, 'UnitTestResult').map((result) => {
    const { testName = '', outcome = 'Error', duration, testId = '' } = result.attributes;
    const [info] = elements(result, 'ErrorInfo');
    const message = info?.children
      .map((child) => child.text.trim())
      .filter(Boolean)
      .join('\n');
    const group = classOf.get(testId) ?? '';
    return {
      name: testName,
      status: STATUS[outcome] ?? 'error',
      ...(duration === undefined ? {} : { durationMs: millisecondsOf(duration) }),
      ...(message === undefined || message === '' ? {} : { message }),
      ...(group === '' ? {} : { group }),
    };
  });
}

/** `00:01:02.0345678` */
function millisecondsOf(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1000) || 0;
}
