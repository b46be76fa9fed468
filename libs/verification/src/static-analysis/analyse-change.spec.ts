import { describe, expect, it } from '@jest/globals';
import { analyseChange } from './analyse-change.js';

describe('a change', () => {
  const bad = 'import os\nos.system("rm " + name)\n';

  it('answers only for what the base did not have, wherever it moved', async () => {
    const before = await analyseChange([{ path: 'a.py', before: bad, after: `# one\n\n${bad}` }]);
    expect(before.findings).toEqual([]);
    expect(before.analysed).toBe(1);
    const twice = await analyseChange([{ path: 'a.py', before: bad, after: bad + bad }]);
    expect(twice.findings).toMatchObject([
      { path: 'a.py', line: 4, rule: 'py-shell-command', cwe: 78 },
    ]);
  });

  it('names the files it has no rules for', async () => {
    const { findings, without } = await analyseChange([
      { path: 'a.rb', after: 'system("rm #{x}")' },
      { path: 'README.md', after: '# x' },
    ]);
    expect(findings).toEqual([]);
    expect(without).toEqual(['a.rb']);
  });

  it('never shows the credential it found', async () => {
    const after = 'const apiKey = "zx81-credential-value";';
    const { findings } = await analyseChange([{ path: 'a.ts', after }]);
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain('zx81');
  });
});
