import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectGraph } from '@hil/contracts';
import { Overlay, renameSymbol } from '../index.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const graph = { modules: [], symbols: [], edges: [] } as unknown as ProjectGraph;

/** The files after a rename of `User` in `a.py` to `Person`. */
async function renamed(files: Record<string, string>): Promise<Record<string, string>> {
  const root = await mkdtemp(join(tmpdir(), 'hil-python-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) await writeFile(join(root, path), text);
  const overlay = await Overlay.open(root);
  const { signal } = new AbortController();
  const context = { overlay, files: Object.keys(files), graph, signal };
  await renameSymbol({ path: 'a.py', symbol: 'User', newName: 'Person' }, context);
  await overlay.write();
  const texts = Object.keys(files).map((path) => readFile(join(root, path), 'utf8'));
  const after = await Promise.all(texts);
  return Object.fromEntries(Object.keys(files).map((path, index) => [path, after[index] ?? '']));
}

describe('types written as strings in Python', () => {
  it('are renamed where a type checker reads them: in annotations, cast, TypeVar and NewType', async () => {
    const text = [
      'import typing as t',
      'class User: ...',
      'T = t.TypeVar("T", bound="User")',
      'U = t.TypeVar("U", "User", "int")',
      'Id = t.NewType("User", "User")',
      'def f(u: "User") -> "list[User]":',
      '    return t.cast("list[User]", [u, "User"])',
      '',
    ].join('\n');
    expect((await renamed({ 'a.py': text }))['a.py']).toBe(
      [
        'import typing as t',
        'class Person: ...',
        'T = t.TypeVar("T", bound="Person")',
        'U = t.TypeVar("U", "Person", "int")',
        'Id = t.NewType("User", "Person")',
        'def f(u: "Person") -> "list[Person]":',
        '    return t.cast("list[Person]", [u, "User"])',
        '',
      ].join('\n'),
    );
  });

  it('are renamed in files that import the class, and text that only looks like one stays', async () => {
    const after = await renamed({
      'a.py': 'class User: ...\n',
      'b.py': 'from typing import cast\nfrom a import User\n\nx = cast("User", print("User"))\n',
    });
    expect(after['b.py']).toBe(
      'from typing import cast\nfrom a import Person\n\nx = cast("Person", print("User"))\n',
    );
  });
});
