import { parseJUnitXml } from '../results/junit-xml.js';
import { TapReader } from '../results/tap.js';
import { type ResultSource } from './framework-call.js';

const REPORT =
  /(^|\/)(?:[\w.-]*junit[\w.-]*|test-?results?|tests?-report|TEST-[^/]+)\.xml$|(^|\/)(?:test-?results|test-reports|junit|reports)\/[^/]+\.xml$/i;

/** Results of a command nobody knows: TAP on its output, else JUnit XML it leaves, else its exit code. */
export function tapOrJUnit(): ResultSource {
  return {
    from: 'output',
    reader: (onCase) => new TapReader(onCase),
    otherwise: { in: 'workspace', isReport: (path) => REPORT.test(path), parse: parseJUnitXml },
  };
}
