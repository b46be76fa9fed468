import {
  CODEOWNERS_PATHS,
  ForgeError,
  type Forge,
  type Worktree,
  ownersOf,
  templatePath,
} from '@hil/version-control';
import type { StageContext } from '@hil/workflow';
import { listed, required } from '../shared/requirements.js';
import type { StageServices } from '../shared/stage-services.js';

/** Who answers for changed files. */
interface Owners {
  users: string[];
  teams: string[];
}

/** The repository's template and the owners of the changed files, as the base branch has them. */
export async function conventionsOf(
  services: StageServices,
  context: StageContext,
  forge: Forge,
): Promise<{ template?: string; owners: Owners }> {
  const { baseSha } = services.repositories.of(context).repository;
  const { files } = required(context, 'edit');
  return services.repositories.withWorktree(context, baseSha, async (worktree) => {
    const paths = (await worktree.listFiles(baseSha)).map(({ path }) => path);
    const ownersPath = CODEOWNERS_PATHS[forge.kind].find((path) => paths.includes(path));
    const template = templatePath(forge.kind, paths);
    const text = ownersPath === undefined ? '' : await read(worktree, baseSha, ownersPath);
    return {
      owners: ownersOf(
        text,
        files.map(({ path }) => path),
      ),
      ...(template === undefined ? {} : { template: await read(worktree, baseSha, template) }),
    };
  });
}

/** Labels and reviewers: nice to have, so a refusal is only told. Doing them twice does no harm. */
export async function decorate(
  services: StageServices,
  context: StageContext,
  forge: Forge,
  { number, author, owners }: { number: number; author: string; owners: Owners },
): Promise<void> {
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof ForgeError)) throw error;
      context.log(`${what}: ${error.message}`, 'warning');
    }
  };
  await attempt('the labels were not set', () =>
    forge.addLabels(number, services.config.pullRequests.labels),
  );
  await attempt('no reviews were asked for', async () => {
    const same = (login: string, other: string): boolean =>
      login.toLowerCase() === other.toLowerCase();
    const others = owners.users.filter((login) => !same(login, author));
    const requester = context.run.userId;
    // Who asked for the change must not be the only one to review it.
    const alone = owners.teams.length === 0 && others.every((login) => same(login, requester));
    if (alone) {
      if (others.length > 0) {
        context.log(
          'the only code owner asked for this change; somebody else should review it',
          'warning',
        );
      }
      return;
    }
    const asked = await forge.requestReviewers(number, {
      users: others,
      teams: owners.teams.map(teamName),
    });
    if (asked.length > 0)
      context.log(`review asked of ${listed(asked)}, the code owners of changed files`);
  });
}

async function read(worktree: Worktree, sha: string, path: string): Promise<string> {
  return (await worktree.readFile(sha, path)).toString('utf8').slice(0, 100_000);
}

/** GitHub wants the team without its organisation. */
function teamName(team: string): string {
  return team.slice(team.lastIndexOf('/') + 1);
}
