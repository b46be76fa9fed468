import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listArtifacts, readArtifact } from './read-artifact.js';

describe('artifacts of a workspace', () => {
  let root: string;
  let workspace: string;
  const text = async (path: string) =>
    (await readArtifact(workspace, path))?.content.toString() ?? null;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hil-artifact-'));
    workspace = join(root, 'workspace');
    mkdirSync(join(workspace, 'reports'), { recursive: true });
    writeFileSync(join(root, 'secret'), 'secret of the host');
    writeFileSync(join(workspace, 'reports/a.xml'), '<a/>');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('are read when they are plain files inside', async () => {
    expect(await text('reports/a.xml')).toBe('<a/>');
    expect(await listArtifacts(workspace, 'reports')).toEqual(['reports/a.xml']);
  });

  it('are not read through a link, wherever in the path it is', async () => {
    symlinkSync(join(root, 'secret'), join(workspace, 'reports/b.xml'));
    symlinkSync(root, join(workspace, 'away'));
    expect(await text('reports/b.xml')).toBeNull();
    expect(await text('away/secret')).toBeNull();
    expect(await listArtifacts(workspace, 'away')).toEqual([]);
    expect(await listArtifacts(workspace, 'reports')).toEqual(['reports/a.xml']);
  });

  it('are not read outside the workspace', async () => {
    expect(await text('../secret')).toBeNull();
    expect(await text(join(root, 'secret'))).toBeNull();
    expect(await text('reports/../../secret')).toBeNull();
    expect(await listArtifacts(workspace, '..')).toEqual([]);
  });

  it('are not waited for when they are pipes', async () => {
    execFileSync('mkfifo', [join(workspace, 'reports/pipe.xml')]);
    expect(await text('reports/pipe.xml')).toBeNull();
  });

  it('are cut when they are too large', async () => {
    const found = await readArtifact(workspace, 'reports/a.xml', 2);
    expect(found).toEqual({ content: Buffer.from('<a'), truncated: true });
  });
});
