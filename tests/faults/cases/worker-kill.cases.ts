import { setTimeout as sleep } from 'node:timers/promises';
import { STAGES, STAGE_APP, type Stage, stagesOf } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Chat } from '../../support/chat.js';
import { approve, planOf } from '../../support/run.js';
import { SMALL_CHANGE, manyParts, slowTest, small } from '../../support/repositories.js';
import { report, spread } from '../support/figures.js';
import type { Fleet } from '../support/fleet.js';
import { type Flight, expectEffects, expectLanded, takeOff } from '../support/outcome.js';
import { LEASE_MS, atScale, scaled, timeFor } from '../support/scale.js';

const RUNS_PER_KILL = atScale ? 3 : 2;
/** Lease over, the reconciler's round, the queue, a successor that has to boot on a busy machine. */
const TAKEOVER_LIMIT_MS = LEASE_MS + 12_000;
/** About how long a stage takes here, in ms: the kill falls at a random moment of it. */
const SPAN_MS: Readonly<Record<Stage, number>> = {
  intent_extraction: 20,
  pkg_query: 400,
  impact_analysis: 30,
  planning: 30,
  editing: 600,
  testing: 2_500,
  verification: 60,
  pr_creation: 900,
};

/** Approves whenever the plan is there. */
async function approveInTime(chat: Chat, flight: Flight): Promise<void> {
  await planOf(chat, flight);
  await approve(chat, flight);
}

async function killedIn(
  fleet: Fleet,
  stage: Stage,
): Promise<{ flights: Flight[]; hit: string[]; takeovers: number[] }> {
  const order =
    stage === 'editing'
      ? manyParts()
      : { files: { ...small(), ...slowTest('0.5') }, message: SMALL_CHANGE };
  const chat = await fleet.open();
  fleet.forge.faults.beforePush = () => sleep(300);
  const flights: Flight[] = [];
  for (let index = 0; index < RUNS_PER_KILL; index += 1) {
    flights.push(await takeOff(fleet, chat, order));
  }
  const approvals = flights.map((flight) => approveInTime(chat, flight));
  await Promise.any(flights.map(({ sessionId }) => chat.reaches(sessionId, stage)));
  await sleep(Math.random() * SPAN_MS[stage]);
  const hit = await fleet.atWork(stagesOf(STAGE_APP[stage]));
  const { at, again } = await fleet.crash(STAGE_APP[stage]);
  await Promise.all(approvals);
  await Promise.all(flights.map(({ sessionId }) => chat.summary(sessionId, 90_000)));
  await again;
  const takeovers = hit.flatMap((runId) => {
    const next = chat.frames.find(
      ({ at: came, frame }) =>
        came > at &&
        frame.event === 'agent_update' &&
        frame.data.run_id === runId &&
        frame.data.attempt > 1,
    );
    return next === undefined ? [] : [next.at - at];
  });
  return { flights, hit, takeovers };
}

export function workerKillCases(running: () => Fleet): void {
  const kills = scaled(1, 7);
  // In CI one stage of each app.
  const stages: readonly Stage[] = atScale
    ? STAGES
    : ['pkg_query', 'editing', 'testing', 'pr_creation'];

  describe('kill -9 of a worker', () => {
    it.each(stages.map((stage) => [stage]))(
      'in %s: every run ends well, with one branch, one push and one pull request',
      async (stage) => {
        const fleet = running();
        const takeovers: number[] = [];
        let runs = 0;
        let hits = 0;
        for (let kill = 0; kill < kills; kill += 1) {
          const before = fleet.seen();
          const round = await killedIn(fleet, stage);
          for (const flight of round.flights) await expectLanded(fleet, flight);
          expectEffects(fleet, before, round.flights.length);
          runs += round.flights.length;
          hits += round.hit.length;
          takeovers.push(...round.takeovers);
          fleet.calm();
        }
        report(`kill -9 in ${stage}`, {
          kills,
          'runs ended well': `${runs}/${runs}`,
          'runs at work in the app at the kill': hits,
          takeover: spread(takeovers, 'ms'),
        });
        for (const takeover of takeovers) expect(takeover).toBeLessThan(TAKEOVER_LIMIT_MS);
      },
      timeFor(kills, 90_000),
    );

    it.each(atScale ? [[2], [3]] : [[3]])(
      '%i times in the same job: it still ends, and every attempt shows',
      async (times) => {
        const fleet = running();
        const before = fleet.seen();
        const chat = await fleet.open();
        const flight = await takeOff(fleet, chat, {
          files: { ...small(), ...slowTest('1.5') },
          message: SMALL_CHANGE,
        });
        await approveInTime(chat, flight);
        for (let attempt = 1; attempt <= times; attempt += 1) {
          await testingBegan(chat, flight, attempt);
          await (
            await fleet.crash('test-runner')
          ).again;
        }
        const { chat: reader } = await expectLanded(fleet, flight);
        const attempts = reader
          .updates(flight.sessionId)
          .filter((update) => update.stage === 'testing')
          .map((update) => update.attempt);
        expect(Math.max(...attempts)).toBe(times + 1);
        expectEffects(fleet, before, 1);
      },
      120_000,
    );

    it('again and again: the run fails after five attempts and says why', async () => {
      const fleet = running();
      const before = fleet.seen();
      const chat = await fleet.open();
      const flight = await takeOff(fleet, chat, {
        files: { ...small(), ...slowTest('3') },
        message: SMALL_CHANGE,
      });
      await approveInTime(chat, flight);
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        await testingBegan(chat, flight, attempt);
        await (
          await fleet.crash('test-runner')
        ).again;
      }
      const { chat: reader } = await expectLanded(fleet, flight, { outcome: 'failed' });
      const [failure] = reader.of(flight.sessionId, 'error');
      expect(failure?.message).toMatch(/begun 5 times/);
      expectEffects(fleet, before, 0);
    }, 240_000);
  });
}

/** Waits until the tests of this attempt really run. */
async function testingBegan(chat: Chat, flight: Flight, attempt: number): Promise<void> {
  await chat.frame(
    ({ event, data }) =>
      event === 'agent_update' &&
      data.run_id === flight.runId &&
      data.stage === 'testing' &&
      data.attempt === attempt &&
      data.type !== 'status',
    `attempt ${attempt} of testing`,
    60_000,
  );
}
