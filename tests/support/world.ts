import { selectSandbox } from '@hil/sandbox';
import {
  type FileMap,
  type GitServer,
  type TestRepository,
  createRepository,
  startGitServer,
} from '@hil/testing';
import { Chat } from './chat.js';
import type { Deployment, Shape } from './deployment.js';

/** A repository and where the product can clone it from. */
export interface Served extends TestRepository {
  url: string;
}

/** The running product, a git server it may clone from, and the people who talk to it. */
export class World {
  private readonly chats: Chat[] = [];
  private readonly repositories: TestRepository[] = [];

  private constructor(
    readonly deployment: Deployment,
    readonly git: GitServer,
  ) {}

  /** @param settings environment of the product besides what every world has */
  static async start(
    shape: Shape,
    { REPO_ALLOWED_HOSTS: hosts = '', ...settings }: Readonly<Record<string, string>> = {},
  ): Promise<World> {
    const git = await startGitServer({ repositories: {}, allowPush: true });
    try {
      const { driver } = await selectSandbox({ mode: 'auto' });
      const deployment = await shape.deploy({
        REPO_ALLOW_HTTP: 'true',
        REPO_ALLOWED_HOSTS: `${git.host},${hosts}`,
        WEBSOCKET_MESSAGES_PER_MINUTE: '10000',
        // Whether tests are isolated is the matter of other specs.
        SANDBOX: driver === null ? 'process' : 'auto',
        ...settings,
      });
      return new World(deployment, git);
    } catch (error) {
      await git.close();
      throw error;
    }
  }

  async open(query = ''): Promise<Chat> {
    const chat = await Chat.open(this.deployment.http, query);
    this.chats.push(chat);
    return chat;
  }

  async serve(files: FileMap): Promise<Served> {
    const repository = await createRepository(files);
    this.repositories.push(repository);
    const name = `repository-${this.repositories.length}`;
    this.git.repositories[name] = repository.bare;
    return { ...repository, url: this.git.url(name) };
  }

  /** A repository that is only on this machine. */
  async local(files: FileMap): Promise<TestRepository> {
    const repository = await createRepository(files);
    this.repositories.push(repository);
    return repository;
  }

  /** After each test: nobody listens any more, and the git server is healthy. */
  calm(): void {
    for (const chat of this.chats.splice(0)) chat.close();
    delete this.git.faults.hang;
    delete this.git.faults.beforePush;
  }

  async stop(): Promise<void> {
    this.calm();
    try {
      await this.deployment.stop();
    } finally {
      await this.git.close();
      await Promise.all(this.repositories.map((repository) => repository.remove()));
    }
  }
}
