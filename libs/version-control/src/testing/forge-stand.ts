import { createRepository, FakeForge, type TestRepository } from '@hil/testing';
import {
  Forges,
  parseRepositoryAddress,
  type Forge,
  type ForgesOptions,
  type RepositoryAddress,
} from '../index.js';
import type { OpenPullRequest } from '../forges/open-pull-request.js';
import { markerOf, ownPart } from '../forges/own-part.js';

const ID = 'change-1';
/** For drivers that nobody stops. */
export const signal = new AbortController().signal;

/** A pull request of ours, as most specs want it. */
export const WANTED: OpenPullRequest = {
  head: { branch: 'feat/x' },
  base: 'main',
  title: 'feat: x',
  body: `${ownPart('what it does')}\n\n${markerOf(ID, 'a'.repeat(40))}`,
  draft: true,
  changeRequestId: ID,
  signal,
  looksMs: [0, 20, 40],
};

/** A fake forge with the users hil, ann and bob, and a repository with the branch `feat/x`. */
export class ForgeStand {
  #count = 0;

  private constructor(
    readonly forge: FakeForge,
    readonly repository: TestRepository,
    /** Of hil. */
    readonly token: string,
  ) {}

  static async open(): Promise<ForgeStand> {
    const forge = await FakeForge.start();
    const token = forge.addUser('hil');
    forge.addUser('ann');
    forge.addUser('bob');
    const repository = await createRepository({ 'a.txt': 'one\n' });
    await repository.git('checkout', '-q', '-b', 'feat/x');
    await repository.git('commit', '-q', '--allow-empty', '-m', 'feat: x');
    await repository.git('push', '-q', repository.bare, 'feat/x');
    return new ForgeStand(forge, repository, token);
  }

  /** A repository of ann's on the forge, where hil may write unless told otherwise. */
  serve(options: Partial<Parameters<FakeForge['addRepository']>[0]> = {}): {
    name: string;
    address: RepositoryAddress;
  } {
    this.#count += 1;
    const name = `shop-${this.#count}`;
    const url = this.forge.addRepository({
      owner: 'ann',
      name,
      bare: this.repository.bare,
      collaborators: { hil: 'write', bob: 'read' },
      ...options,
    });
    const policy = { allowedHosts: [this.forge.host], allowHttp: true, allowLocalPaths: false };
    return { name: `ann/${name}`, address: parseRepositoryAddress(url, policy) };
  }

  async driver(
    kind: 'github' | 'gitlab',
    address: RepositoryAddress,
    token = this.token,
  ): Promise<Forge> {
    const { host, apiUrl, origin } = this.forge;
    const options: ForgesOptions =
      kind === 'github'
        ? { github: { host, apiUrl, credentials: { kind: 'token', token } } }
        : { gitlab: { url: origin, token } };
    const found = await new Forges(options).of(address, signal);
    if (found === null) throw new Error('no forge');
    return found;
  }

  /** Takes back what a spec did; answers what was not as the forges describe it. */
  calm(): string[] {
    this.forge.calm();
    this.forge.state.pulls.length = 0;
    this.forge.state.checks.length = 0;
    return this.forge.problems.splice(0);
  }

  async close(): Promise<void> {
    await this.forge.close();
    await this.repository.remove();
  }
}
