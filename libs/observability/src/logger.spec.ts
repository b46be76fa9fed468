import { describe, expect, it } from '@jest/globals';
import { createLogger } from './index.js';

function capture(isTTY: boolean) {
  const lines: string[] = [];
  return { lines, destination: { isTTY, write: (line: string) => lines.push(line) } };
}

describe('createLogger', () => {
  it('writes one JSON object a line', () => {
    const { lines, destination } = capture(false);
    createLogger({ name: 'gateway', destination }).info({ runId: 'r1' }, 'started');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 30,
      name: 'gateway',
      msg: 'started',
      runId: 'r1',
    });
  });

  it('masks secrets in messages, fields and the causes of errors', () => {
    const { lines, destination } = capture(false);
    const logger = createLogger({ name: 'a', destination, secrets: ['hunter"22'] });
    const cause = new Error('login with hunter"22 failed');
    logger.error({ err: new Error('outer', { cause }), deep: { key: 'hunter"22' } }, 'hunter"22');
    expect(lines.join('')).not.toContain('hunter');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: '[redacted]' });
  });

  it('tells of an error what it is, its causes and its code, but nothing that hangs on it', () => {
    const { lines, destination } = capture(false);
    const error = new Error('gone', { cause: new Error('reset by peer') });
    Object.assign(error, { code: '57P01', client: { connection: { deep: 'x'.repeat(10_000) } } });
    const logger = createLogger({ name: 'a', destination });
    logger.warn({ err: error }, 'one');
    logger.warn({ error }, 'two');
    for (const [index, key] of ['err', 'error'].entries()) {
      const facts = (JSON.parse(lines[index] ?? '') as Record<string, unknown>)[key];
      expect(facts).toMatchObject({ type: 'Error', code: '57P01' });
      expect(JSON.stringify(facts)).toContain('reset by peer');
      expect(JSON.stringify(facts)).not.toContain('xxx');
    }
  });

  it('leaves out what is below the level', () => {
    const { lines, destination } = capture(false);
    createLogger({ name: 'a', level: 'warn', destination }).info('quiet');
    expect(lines).toEqual([]);
  });

  it('writes short lines on a terminal, with the stack of an error below', () => {
    const { lines, destination } = capture(true);
    const logger = createLogger({ name: 'editor', destination, secrets: ['hunter22'] });
    logger.warn({ err: new Error('broken'), file: 'a.ts', key: 'hunter22' }, 'can not apply');
    // eslint's no-control-regex: the escape is built, not written.
    const plain = lines
      .join('')
      .replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '');
    expect(plain).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}editor can not apply file=a\.ts key=\[red/,
    );
    expect(plain).toContain('Error: broken\n    at ');
  });
});
