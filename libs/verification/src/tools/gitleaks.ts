import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool, withFolder } from './run-tool.js';

/** One secret that gitleaks saw, by the index of the text it is in. */
export interface LeakFinding {
  text: number;
  /** 1-based, in that text. */
  line: number;
  rule: string;
  /** The secret itself; mask it before it goes anywhere. */
  secret: string;
}

interface LeakReport {
  File: string;
  StartLine: number;
  RuleID: string;
  Secret: string;
}

/** Its own rules and nothing of the repository's. */
const CONFIG = '[extend]\nuseDefault = true\n';

/**
 * What gitleaks finds in texts. It reads them as data, so it needs no sandbox; they get names of ours, so that
 * no path, `.gitleaks.toml`, `.gitleaksignore` or `gitleaks:allow` of the repository switches anything off.
 * @throws Error when gitleaks breaks
 */
export function runGitleaks(
  program: string,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<LeakFinding[]> {
  return withFolder(async (folder) => {
    const source = join(folder, 'texts');
    await mkdir(source);
    for (const [index, text] of texts.entries()) {
      await writeFile(join(source, `${index}.txt`), text);
    }
    const [config, report] = [join(folder, 'config.toml'), join(folder, 'report.json')];
    await writeFile(config, CONFIG);
    const { code, stderr } = await runTool(
      program,
      [
        ...['detect', '--no-git', '--no-banner', '--exit-code', '0', '--ignore-gitleaks-allow'],
        ...['--source', source, '--config', config, '--gitleaks-ignore-path', folder],
        ...['--report-format', 'json', '--report-path', report],
      ],
      { cwd: folder, signal },
    );
    if (code !== 0) throw new Error(`ended with code ${code}: ${stderr.slice(-300)}`);
    const found = JSON.parse(await readFile(report, 'utf8')) as LeakReport[] | null;
    return (found ?? []).map(({ File, StartLine, RuleID, Secret }) => ({
      text: Number(/(\d+)\.txt$/.exec(File)?.[1] ?? 0),
      line: Math.max(1, StartLine),
      rule: RuleID,
      secret: Secret,
    }));
  });
}
