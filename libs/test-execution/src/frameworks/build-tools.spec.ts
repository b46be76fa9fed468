import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { gradleCall } from './build-tools.js';
import { type CallSetting } from './framework-call.js';

const setting: CallSetting = {
  suite: {
    id: 'gradle@.',
    framework: 'gradle',
    cwd: '.',
    reason: '',
    command: ['gradle', 'test'],
    installPlan: null,
  },
  workspace: '/workspace',
  path: [],
  results: '/results',
  installed: {},
  python: 'python3',
  first: [],
  only: null,
};

describe('gradleCall', () => {
  it('names no task that a build may lack, with coverage either', () => {
    const { argv } = gradleCall({ ...setting, coverage: '/results/coverage' });
    const flags = argv.slice(argv.indexOf('--init-script') + 2);
    expect(flags).toEqual(['test']);
    expect(gradleCall(setting).argv.filter((word) => !word.startsWith('--'))).toEqual([
      'gradle',
      'test',
    ]);
  });

  it('leaves the report to an init script, for the projects that apply the plugin', () => {
    const { argv } = gradleCall({ ...setting, coverage: '/results/coverage' });
    const script = readFileSync(argv[argv.indexOf('--init-script') + 1] ?? '', 'utf8');
    const ours = script.slice(script.indexOf("plugins.withId('jacoco') {"));
    expect(ours).toContain(
      "tasks.withType(JacocoReport).matching { it.name == 'jacocoTestReport' }",
    );
    expect(ours).toContain('tasks.withType(Test).configureEach { finalizedBy(report) }');
  });
});
