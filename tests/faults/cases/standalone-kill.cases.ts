import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeForge, TestRepository } from '@hil/testing';
import { describe, expect, it } from '@jest/globals';
import type { Chat } from '../../support/chat.js';
import { SMALL_CHANGE, small } from '../../support/repositories.js';
import { approve, expectNoGap, planOf, startRun, type StartedRun } from '../../support/run.js';
import type { World } from '../../support/world.js';
import { report, spread } from '../support/figures.js';
import { isOneOf, scaled, timeFor } from '../support/scale.js';

/** The embedded PostgreSQL of the app, killed without a word: the app has to bring it back. */
async function crashDatabase(world: World): Promise<void> {
  const file = join(world.deployment.dataDirs[0] ?? '', 'postgres/cluster/postmaster.pid');
  const pid = Number((await readFile(file, 'utf8')).split('\n')[0]);
  process.kill(pid, 'SIGQUIT');
}

/**
 * Reads the session on a new socket, again and again until the server is there to answer.
 * @param say is tried again when it fails, so it asserts nothing
 * @returns what was heard on that socket
 */
async function untilHeard(
  world: World,
  sessionId: string,
  say: (reader: Chat) => Promise<unknown>,
  withinMs: number,
): Promise<Chat> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    let reader: Chat | undefined;
    try {
      reader = await world.open(`session_id=${sessionId}&last_seq=0`);
      await say(reader);
      return reader;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(200);
    } finally {
      reader?.close();
    }
  }
}

export function standaloneKillCases(running: () => { world: World; forge: FakeForge }): void {
  const runs = scaled(6, 100);
  const appKills = scaled(2, 10);
  const databaseKills = scaled(1, 3);
  // All runs wait while the app boots, and share its cores in between.
  const patienceMs = timeFor(runs, 10_000);

  describe('everything in one process', () => {
    it(
      'killed again and again, and its database too, while many runs are at work: each has one effect',
      async () => {
        const { world, forge } = running();
        const flights: (StartedRun & { repository: TestRepository; name: string })[] = [];
        const chat = await world.open();
        for (let index = 0; index < runs; index += 1) {
          const repository = await world.local(small());
          const name = `shop-${index}`;
          const url = forge.addRepository({
            owner: 'acme',
            name,
            bare: repository.bare,
            collaborators: { hil: 'write' },
          });
          const run = await startRun(chat, { message: SMALL_CHANGE, repo_url: url });
          flights.push({ ...run, repository, name: `acme/${name}` });
        }
        const pushes = forge.counts.pushes;
        const outages: number[] = [];
        const faults = (async () => {
          for (let fault = 0; fault < appKills + databaseKills; fault += 1) {
            await sleep(500 + Math.random() * 2_000);
            if (isOneOf(databaseKills, appKills + databaseKills, fault + 1)) {
              await crashDatabase(world);
            } else {
              const begun = performance.now();
              await world.deployment.crash('planner');
              outages.push(performance.now() - begun);
            }
          }
        })();
        const lost: string[] = [];
        await Promise.all(
          flights.map(async (flight) => {
            const decide = async (reader: Chat): Promise<void> => {
              await planOf(reader, flight);
              if (reader.of(flight.sessionId, 'status').some(({ state }) => state === 'editing')) {
                return;
              }
              // Decided before a crash took the answer away: then it stands.
              await approve(reader, flight).catch(async (error: unknown) => {
                const codes = reader.all('error').map(({ code }) => code);
                if (!codes.includes('approval_already_decided')) throw error;
              });
            };
            await untilHeard(world, flight.sessionId, decide, patienceMs);
          }),
        );
        await faults;
        for (const flight of flights) {
          const { sessionId, repository, name } = flight;
          const summarised = (reader: Chat) => reader.summary(sessionId, 90_000);
          const heard = await untilHeard(world, sessionId, summarised, patienceMs);
          const summaries = heard.of(sessionId, 'summary');
          expect(summaries).toHaveLength(1);
          expectNoGap(heard, sessionId);
          const outcome = summaries[0]?.outcome;
          if (outcome !== 'pr_created') {
            lost.push(`${outcome}: ${JSON.stringify(heard.of(sessionId, 'error'))}`);
            continue;
          }
          const heads = await repository.git('ls-remote', '--heads', repository.bare);
          expect(heads.split('\n')).toHaveLength(2);
          expect(forge.pulls(name)).toHaveLength(1);
        }
        expect(lost).toEqual([]);
        report('standalone, app and database killed', {
          runs,
          'kills of the app': appKills,
          'kills of the database': databaseKills,
          'runs ended well': `${runs}/${runs}`,
          'push requests': forge.counts.pushes - pushes,
          'branches and pull requests a run': 1,
          'kill to ready again': spread(outages, 'ms'),
        });
      },
      timeFor(runs, 30_000),
    );
  });
}
