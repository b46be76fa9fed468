import { join, posix } from 'node:path';
import { JACOCO_REPORT, mavenWithoutChecks, reportsJacoco } from '../checks/maven-linters.js';
import { isBelow } from '../detect/repository-files.js';
import { DotnetConsoleReader } from '../results/dotnet-output.js';
import { parseJUnitXml } from '../results/junit-xml.js';
import { MavenTotalsReader } from '../results/maven-output.js';
import { parseTrx } from '../results/trx.js';
import { type TestCase } from '../suite.js';
import { REPORTERS } from './reporters.js';
import { type CallSetting, type FrameworkCall, SEPARATOR } from './framework-call.js';

const SUREFIRE = /(^|\/)target\/(?:surefire|failsafe)-reports\/TEST-[^/]+\.xml$/;
const GRADLE = /(^|\/)build\/test-results\/[^/]+\/TEST-[^/]+\.xml$/;

/** `mvn test` offline, from the local repository the install phase filled. Surefire's XML is read as it is written. */
export function mavenCall({ suite, installed, only, coverage }: CallSetting): FrameworkCall {
  const repository = installed['HIL_MAVEN_REPOSITORY'];
  return {
    argv: [
      suite.command[0],
      '--batch-mode',
      '--offline',
      '--fail-at-end',
      ...(repository === undefined ? [] : [`-Dmaven.repo.local=${repository}`]),
      // Exit code 1 for failed tests only after every module had its turn.
      '-Dstyle.color=never',
      ...mavenWithoutChecks(),
      ...(only === null
        ? []
        : [
            `-Dtest=${only.map(javaMethod).join(',')}`,
            '-DfailIfNoTests=false',
            '-Dsurefire.failIfNoSpecifiedTests=false',
          ]),
      'test',
      // Reads what the agent left; where tests failed, Maven does not come to it.
      ...(coverage !== undefined && reportsJacoco(installed) ? [JACOCO_REPORT] : []),
    ],
    env: {},
    results: {
      from: 'xml',
      reports: {
        in: 'workspace',
        isReport: (path) => SUREFIRE.test(path) && isBelow(path, suite.cwd),
        parse: parseJUnitXml,
      },
      totals: () => new MavenTotalsReader(),
    },
  };
}

/** Gradle offline; the distribution and every dependency come from the install phase. */
export function gradleCall({ suite, installed, only, coverage }: CallSetting): FrameworkCall {
  const executable = installed['HIL_GRADLE'] ?? suite.command[0];
  const cache = installed['HIL_GRADLE_CACHE'];
  const [command = executable] = executable.endsWith('gradlew') ? ['sh'] : [executable];
  return {
    argv: [
      command,
      ...(command === 'sh' ? [executable] : []),
      '--offline',
      '--no-daemon',
      '--continue',
      '--console=plain',
      ...(coverage === undefined ? [] : ['--init-script', join(REPORTERS, 'gradle/jacoco.gradle')]),
      'test',
      ...(only ?? []).flatMap((test) => ['--tests', javaMethod(test).replace('#', '.')]),
    ],
    env: {
      GRADLE_USER_HOME: '/tmp/gradle',
      ...(cache === undefined ? {} : { GRADLE_RO_DEP_CACHE: cache }),
    },
    results: {
      from: 'xml',
      reports: {
        in: 'workspace',
        isReport: (path) => GRADLE.test(path) && isBelow(path, suite.cwd),
        parse: parseJUnitXml,
      },
    },
  };
}

/** `dotnet test` with packages from the install phase; its console logger names each test as it ends,
 * its TRX files (outside the repository) stand in for it. */
export function dotnetCall({
  suite,
  results,
  installed,
  only,
  coverage,
}: CallSetting): FrameworkCall {
  const filter = (only ?? []).map(({ name }) => `FullyQualifiedName=${name.replace(/\(.*$/s, '')}`);
  return {
    argv: [
      ...suite.command,
      '--nologo',
      '--logger',
      'console;verbosity=normal',
      '--logger',
      'trx',
      '--results-directory',
      posix.join(results, 'trx'),
      ...(coverage === undefined ? [] : ['--collect', 'XPlat Code Coverage']),
      ...(filter.length === 0 ? [] : ['--filter', filter.join('|')]),
    ],
    env: {
      DOTNET_CLI_TELEMETRY_OPTOUT: '1',
      DOTNET_NOLOGO: '1',
      DOTNET_CLI_UI_LANGUAGE: 'en',
      // The terminal logger redraws; the classic one prints a line a test.
      MSBUILDTERMINALLOGGER: 'off',
      ...(installed['NUGET_PACKAGES'] === undefined
        ? {}
        : { NUGET_PACKAGES: installed['NUGET_PACKAGES'] }),
    },
    results: {
      from: 'output',
      reader: (onCase) => new DotnetConsoleReader(onCase),
      otherwise: {
        in: 'results',
        isReport: (path) => path.endsWith('.trx'),
        parse: parseTrx,
      },
    },
  };
}

/** `pkg.Class#method` of a case named `pkg.Class > method(int)[1]`. */
function javaMethod({ name, group = '' }: TestCase): string {
  const method = name.startsWith(`${group}${SEPARATOR}`)
    ? name.slice(group.length + SEPARATOR.length)
    : name;
  const plain = /^[\w$]+/.exec(method)?.[0];
  return plain === undefined ? group : `${group}#${plain}`;
}
