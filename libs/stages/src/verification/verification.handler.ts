import { type ApprovalRequest, type StageJob } from '@hil/contracts';
import { type StageJobContext } from '@hil/messaging';
import { type ChangedFile, criteriaOf, readCriterion, verifyChange } from '@hil/verification';
import { secretValues } from '@hil/config';
import { type Worktree, hunksOfFile } from '@hil/version-control';
import {
  type StageContext,
  type StageExecutor,
  type StageHandler,
  type StageResult,
} from '@hil/workflow';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { editBase } from '../shared/edit-base.js';
import { rememberRepair } from '../shared/remember-repair.js';
import { listed, required } from '../shared/requirements.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';
import { unheard } from '../shared/unheard.js';

/** A file above this is not read for criteria and secrets beyond its diff. */
const MAX_FILE_BYTES = 1024 * 1024;
/** Diffs on an approval card are cut here; the patch has all of it. */
const MAX_CARD_BYTES = 150 * 1024;

/** Judges the finished change before anything leaves this server. */
@Controller()
export class VerificationHandler implements StageHandler {
  readonly stage = 'verification';

  constructor(
    @Inject(STAGE_SERVICES) private readonly services: StageServices,
    @Inject(STAGE_EXECUTOR) private readonly executor: StageExecutor,
  ) {}

  @MessagePattern('verification')
  handle(@Payload() job: StageJob, @Ctx() { signal }: StageJobContext): Promise<void> {
    return this.executor.execute(job, this, signal);
  }

  async run(context: StageContext): Promise<StageResult> {
    const plan = required(context, 'plan');
    const edit = required(context, 'edit');
    const approved = required(context, 'approved');
    await rememberRepair(this.services, context);
    const tests = required(context, 'tests');
    const { files, hunks, messages } = await this.services.repositories.withWorktree(
      context,
      edit.headSha,
      async (worktree) => ({
        files: await changedFiles(worktree, editBase(context), edit.headSha),
        hunks: await hunksOf(worktree, editBase(context), edit.headSha),
        messages: await worktree.log(editBase(context), edit.headSha),
      }),
    );
    const { review, diffApproved, rebases = 0 } = context.run.context;
    const specification = edit.tasksDone.includes('specification');
    const written = files.map(({ path }) => path);
    const criteria = withoutDropped(
      specification
        ? written.map((path) => readCriterion(`\`${path}\` is added`))
        : criteriaOf(plan),
      review?.dropped ?? [],
    );
    const { items, verdict } = await verifyChange({
      files,
      criteria: criteria.judged,
      tests,
      approvedFiles: [
        ...(specification ? written : plan.plan.flatMap((task) => task.files)),
        ...(context.run.context.extraFiles ?? []),
      ],
      approvedBy: approved.decidedBy === 'policy' ? 'policy' : 'person',
      texts: [
        ...messages.map(({ sha, message }) => ({
          name: `message of commit ${sha.slice(0, 12)}`,
          text: message,
        })),
        // As it was written, before the pull request escapes it.
        { name: 'text of the pull request', text: pullRequestWords(context) },
      ],
      knownSecrets: secretValues(this.services.config),
      minCoverage: this.services.config.tests.minChangedCoverage,
      notRun: [
        ...criteria.dropped.map(({ text }) => ({
          check: `criterion: ${text}`,
          reason: `a part of it was dropped in review by ${review?.by ?? 'a person'}`,
        })),
        ...((tests.checks ?? []).length > 0
          ? []
          : [{ check: 'linters and type checkers', reason: 'none ran on the change' }]),
      ],
      signal: context.signal,
    });
    for (const { check, status, message } of items) {
      context.stream({
        type: 'test_result',
        data: {
          kind: 'scan',
          framework: 'verification',
          phase: 'after',
          name: check,
          status: status === 'unknown' ? 'not_run' : status,
          message,
        },
      });
    }
    const open = items.filter(
      ({ status }) => status === 'failed' || status === 'unknown' || status === 'not_run',
    );
    const message = {
      ready: `Verified: ${items.filter(({ status }) => status === 'passed').length} checks passed.`,
      needs_person: `A person has to judge the change: ${listed(
        open.map(({ check, message: why }) => `${check} (${why})`),
        5,
      )}.`,
      not_ready: `Not verified: ${listed(
        items
          .filter(({ status }) => status === 'failed')
          .map(({ check, message: why }) => `${check} (${why})`),
        5,
      )}. Nothing was pushed.`,
    }[verdict];
    // Who dropped hunks has seen the rest; a yes to a diff is a yes to its head commit, and no other.
    const seen = (review !== undefined && rebases === 0) || diffApproved === edit.headSha;
    const wanted =
      approved.reviewDiff === true ||
      this.services.config.agent.reviewDiff ||
      review !== undefined ||
      diffApproved !== undefined;
    return {
      event: {
        type: 'verified',
        items,
        verdict,
        review: wanted && !seen,
        unheard: (await unheard(this.services, context)).length > 0,
        message,
        hunks,
      },
    };
  }
}

async function changedFiles(
  worktree: Worktree,
  base: string,
  head: string,
): Promise<ChangedFile[]> {
  const files: ChangedFile[] = [];
  const sizes = new Map((await worktree.listFiles(head)).map(({ path, size }) => [path, size]));
  for (const { path, oldPath, status, binary } of await worktree.changedFiles(base, head)) {
    const { text } = await worktree.diff(base, head, {
      path,
      ...(oldPath === undefined ? {} : { oldPath }),
      maxBytes: 8 * MAX_FILE_BYTES,
    });
    const readable = !binary && status !== 'deleted' && (sizes.get(path) ?? 0) <= MAX_FILE_BYTES;
    files.push({
      path,
      status,
      diff: binary ? '' : text,
      ...(oldPath === undefined ? {} : { oldPath }),
      ...(readable ? { after: (await worktree.readFile(head, path)).toString('utf8') } : {}),
      ...(!readable || status === 'added'
        ? {}
        : { before: (await worktree.readFile(base, oldPath ?? path)).toString('utf8') }),
    });
  }
  return files;
}

/** Everything the pull request will say that somebody or something wrote. */
function pullRequestWords(context: StageContext): string {
  const { commit, summary, migrations, plan } = required(context, 'plan');
  const { notes = '' } = required(context, 'approved');
  const title = `${commit.type}(${commit.scope}): ${commit.subject}`;
  return [title, summary, ...plan.map(({ task }) => task), ...migrations, notes].join('\n');
}

/** Each hunk of the diff with an id, as the card of a diff approval shows it. */
async function hunksOf(
  worktree: Worktree,
  base: string,
  head: string,
): Promise<NonNullable<ApprovalRequest['hunks']>> {
  const hunks: NonNullable<ApprovalRequest['hunks']> = [];
  let bytes = 0;
  for (const file of await worktree.changedFiles(base, head)) {
    for (const { id, header, text } of await hunksOfFile(worktree, base, head, file)) {
      bytes += text.length;
      const diff = bytes > MAX_CARD_BYTES ? '(cut: see the patch)' : text;
      hunks.push({ id, file: file.path, header, diff });
    }
  }
  return hunks;
}

/** The criteria that name a file of which a person dropped something: they no longer say what is wanted. */
function withoutDropped<T extends { text: string }>(
  criteria: readonly T[],
  dropped: readonly string[],
): { judged: T[]; dropped: T[] } {
  const paths = new Set(dropped.map((id) => id.slice(0, id.lastIndexOf('#'))));
  const names = ({ text }: T): boolean => [...paths].some((path) => text.includes(`\`${path}\``));
  return {
    judged: criteria.filter((criterion) => !names(criterion)),
    dropped: criteria.filter(names),
  };
}
