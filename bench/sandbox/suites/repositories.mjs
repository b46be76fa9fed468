/**
 * Public repositories whose own suites are run, one or more a language: what a person would type to install and to
 * test, how the framework's own summary reads, and a failing test written as the others there are.
 *
 * `summary` answers {passed, failed, skipped} from what the framework printed.
 */
export const REPOSITORIES = [
  {
    name: 'typestack/class-validator',
    commit: '0853341',
    language: 'node',
    framework: 'jest',
    install: 'npm ci --ignore-scripts --no-audit --no-fund',
    test: 'npx jest',
    summary: lastLine(/^Tests:.*total$/gm),
    planted: {
      path: 'test/functional/planted.spec.ts',
      name: 'planted > counts',
      line: 3,
      message: /Expected: 3/,
      text: `describe('planted', () => {
  it('counts', () => {
    expect(1 + 1).toBe(3);
  });
});
`,
    },
  },
  {
    name: 'unjs/ufo',
    commit: '11308c0',
    language: 'node',
    framework: 'vitest',
    install: 'npx --yes pnpm@10.28.0 install --frozen-lockfile --ignore-scripts',
    test: 'npx vitest run --typecheck',
    summary: lastLine(/^\s*Tests .*\)$/gm),
    planted: {
      path: 'test/planted.test.ts',
      name: 'counts',
      line: 4,
      message: /expected 2 to be 3/,
      text: `import { expect, it } from "vitest";

it("counts", () => {
  expect(1 + 1).toBe(3);
});
`,
    },
  },
  {
    name: 'pallets/itsdangerous',
    commit: '672971d',
    language: 'python',
    framework: 'pytest',
    install: 'python3 -m venv .venv && .venv/bin/pip install --quiet pytest freezegun -e .',
    test: '.venv/bin/python -m pytest',
    summary: lastLine(/^=+ .*(?:passed|failed).* =+$/gm),
    planted: {
      path: 'tests/test_itsdangerous/test_planted.py',
      name: 'test_counts',
      line: 3,
      message: /assert 2 == 3/,
      text: `def test_counts():
    total = 1 + 1
    assert total == 3
`,
    },
  },
  {
    name: 'apache/commons-cli',
    commit: 'rel/commons-cli-1.6.0',
    language: 'java',
    framework: 'maven',
    install: 'true',
    test: 'mvn --batch-mode --no-transfer-progress test',
    summary: surefire,
    planted: {
      path: 'src/test/java/org/apache/commons/cli/PlantedTest.java',
      name: 'counts',
      line: 26,
      message: /expected: <3> but was: <2>/,
      text: `/*
 * Licensed to the Apache Software Foundation (ASF) under one or more
 * contributor license agreements.  See the NOTICE file distributed with
 * this work for additional information regarding copyright ownership.
 * The ASF licenses this file to You under the Apache License, Version 2.0
 * (the "License"); you may not use this file except in compliance with
 * the License.  You may obtain a copy of the License at
 *
 *      http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */
package org.apache.commons.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PlantedTest {
    @Test
    void counts() {
        assertEquals(3, 1 + 1);
    }
}
`,
    },
  },
];

/** Counts in the last line of a summary: `Tests: 1 failed, 2 skipped, 30 passed, 33 total` and its like. */
function lastLine(pattern) {
  return (output) => {
    const line = output.match(pattern)?.at(-1) ?? '';
    if (line === '') return null;
    const of = (...words) =>
      words.reduce(
        (sum, word) => sum + Number(new RegExp(`(\\d+) ${word}\\b`).exec(line)?.[1] ?? 0),
        0,
      );
    return {
      passed: of('passed', 'xpassed'),
      failed: of('failed', 'error', 'errors'),
      skipped: of('skipped', 'todo', 'xfailed'),
    };
  };
}

/** Surefire's line about all classes of a module; those of single classes say where. */
function surefire(output) {
  const lines = [
    ...output.matchAll(/Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)\s*$/gm),
  ];
  if (lines.length === 0) return null;
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [, run, failures, errors, skipped] of lines) {
    sum.failed += Number(failures) + Number(errors);
    sum.skipped += Number(skipped);
    sum.passed += Number(run) - Number(failures) - Number(errors) - Number(skipped);
  }
  return sum;
}
