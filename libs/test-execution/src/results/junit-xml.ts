import { type CaseStatus, type TestCase } from '../suite.js';
import { type XmlElement, elements, parseXml } from './xml.js';

/**
 * The test cases of a JUnit XML report, as Surefire, Gradle and the JUnit reporters of other languages
 * write it. Null when the text is no such report, or not whole yet.
 */
export function parseJUnitXml(text: string): TestCase[] | null {
  const root = parseXml(text);
  if (root === null || (root.name !== 'testsuite' && root.name !== 'testsuites')) return null;
  return elements(root, 'testcase').map(caseOf);
}

function caseOf(element: XmlElement): TestCase {
  const { name = '', classname = '', time, file } = element.attributes;
  const problem = element.children.find(
    (child) => child.name === 'failure' || child.name === 'error',
  );
  const skip = element.children.find((child) => child.name === 'skipped');
  const status: CaseStatus =
    problem?.name === 'failure' ? 'failed' : problem ? 'error' : skip ? 'skipped' : 'passed';
  const message = problem === undefined ? skip?.attributes['message'] : messageOf(problem);
  const seconds = Number((time ?? '').replaceAll(',', ''));
  return {
    name: [classname, name].filter(Boolean).join(' > '),
    status,
    ...(file === undefined ? {} : { file }),
    ...(time !== undefined && Number.isFinite(seconds)
      ? { durationMs: Math.round(seconds * 1000) }
      : {}),
    ...(message === undefined || message === '' ? {} : { message }),
    ...(classname === '' ? {} : { group: classname }),
  };
}

/** Most tools repeat the message at the top of the trace; some give only one of them. */
function messageOf({ attributes, text }: XmlElement): string {
  const { message = '', type = '' } = attributes;
  const trace = text.trim();
  if (trace.includes(message)) return trace === '' ? type : trace;
  return [message === '' ? type : message, trace].filter(Boolean).join('\n');
}
