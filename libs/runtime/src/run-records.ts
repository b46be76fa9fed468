import { gunzipSync, gzipSync } from 'node:zlib';
import { HilError, isFinal, isOfPlan } from '@hil/contracts';
import {
  RECORD_FORMAT,
  type RecordBody,
  type RunRecord,
  SigningKey,
  canonical,
  chain,
  chainStart,
  sha256,
} from '@hil/run-record';
import { type Run, type RunFacts, type RunHistory, summaryOf } from '@hil/workflow';

export interface RunRecordsOptions {
  /** Folder of the key, when none is configured. */
  dataDir: string;
  /** PEM. */
  signingKey?: string | undefined;
  version: string;
  /** Masks secrets in files that are taken in as they are; rows were masked when they were written. */
  redact: (text: string) => string;
}

/** Signed records of ended runs: made when first asked for, and again only when the log has grown. */
export class RunRecords {
  #key: Promise<SigningKey> | undefined;

  constructor(
    private readonly history: RunHistory,
    private readonly options: RunRecordsOptions,
  ) {}

  /**
   * The record of a run as the bytes that are signed.
   * @throws HilError not_found while the run goes on; internal_error when the log is no longer what was sealed
   */
  async of(run: Run): Promise<Buffer> {
    if (!isFinal(run.state) || !run.summarised) {
      throw new HilError(
        'not_found',
        `the record of a run is made when it has ended; this one is ${run.state}`,
      );
    }
    const facts = await this.history.read(run);
    const before = await this.history.sealed(run.id);
    const links = chain(run.id, facts.events);
    if (before !== null) {
      const text = gunzipSync(before);
      const { log } = JSON.parse(text.toString('utf8')) as RunRecord;
      // Retention has dropped events since, or nothing was added: what was sealed stands.
      if (!facts.complete || links.length === log.events.length) {
        if (facts.complete && links.at(-1)?.hash !== log.head) throw altered(run.id);
        return text;
      }
      if (links.length < log.events.length || links[log.events.length - 1]?.hash !== log.head)
        throw altered(run.id);
    }
    const record = canonical((await this.signingKey()).seal(this.#body(facts, links)));
    await this.history.keepSealed(run.id, gzipSync(record));
    return Buffer.from(record);
  }

  /** The key that signs here; its public half is published. */
  signingKey(): Promise<SigningKey> {
    const { signingKey, dataDir } = this.options;
    this.#key ??=
      signingKey === undefined
        ? SigningKey.keptIn(dataDir)
        : Promise.resolve(SigningKey.fromPem(signingKey));
    return this.#key;
  }

  #body(facts: RunFacts, events: RecordBody['log']['events']): RecordBody {
    const { run } = facts;
    const { context } = run;
    return {
      format: RECORD_FORMAT,
      sealed_at: new Date().toISOString(),
      versions: { hil: this.options.version, node: process.versions.node },
      run: {
        run_id: run.id,
        session_id: run.sessionId,
        user: run.userId,
        state: run.state,
        outcome: run.outcome,
        request: { ...run.request },
        created_at: run.createdAt.toISOString(),
        ended_at: run.endedAt?.toISOString() ?? null,
        base_sha: context.edit?.baseSha ?? context.repository?.baseSha ?? null,
        head_sha: context.edit?.headSha ?? null,
      },
      plans: facts.plans.map(({ createdAt, plan }) => ({
        created_at: createdAt.toISOString(),
        plan,
      })),
      approvals: facts.approvals.map(approvalOf),
      audit: facts.audit.map(({ at, ...entry }) => ({ at: at.toISOString(), ...entry })),
      log: {
        complete: facts.complete,
        events,
        head: events.at(-1)?.hash ?? chainStart(run.id),
      },
      files: this.#files(facts),
      tests: summaryOf(run).tests,
      verification: context.verification ?? [],
      model_calls: facts.modelCalls.map((call) => ({
        at: call.at.toISOString(),
        stage: call.stage,
        role: call.role,
        model: call.model,
        input_tokens: call.inputTokens,
        output_tokens: call.outputTokens,
        cost_usd: call.costUsd,
      })),
      delivery: deliveryOf(facts),
    };
  }

  #files({ patch }: RunFacts): RecordBody['files'] {
    if (patch === null) return [];
    const bytes = Buffer.from(patch.content);
    const text = bytes.toString('utf8');
    const isText = Buffer.from(text).equals(bytes);
    const content = isText ? this.options.redact(text) : bytes.toString('base64');
    return [
      {
        name: 'change.patch',
        media_type: patch.mediaType,
        sha256: isText ? sha256(content) : sha256(bytes),
        encoding: isText ? 'utf8' : 'base64',
        content,
      },
    ];
  }
}

function approvalOf(approval: RunFacts['approvals'][number]): RecordBody['approvals'][number] {
  const { card } = approval;
  return {
    approval_id: approval.id,
    kind: card.kind,
    ...(isOfPlan(card)
      ? { plan_id: card.plan_id, plan_hash: card.plan_hash, revision: card.revision }
      : {}),
    ...(card.base_sha === undefined ? {} : { base_sha: card.base_sha }),
    ...(card.head_sha === undefined ? {} : { head_sha: card.head_sha }),
    subject_hash: card.subject_hash,
    status: approval.status,
    decided_by: approval.decidedBy,
    decided_at: approval.decidedAt?.toISOString() ?? null,
    reason: approval.reason,
    selection: approval.selection,
    created_at: approval.createdAt.toISOString(),
  };
}

function deliveryOf({ change, effects }: RunFacts): RecordBody['delivery'] {
  if (change === null) return null;
  return {
    repository: change.repository,
    branch: change.branch,
    pull_request: change.prUrl,
    effects: effects.map(({ kind, status, key, result, createdAt, updatedAt }) => ({
      kind,
      status,
      key,
      result,
      created_at: createdAt.toISOString(),
      updated_at: updatedAt.toISOString(),
    })),
  };
}

function altered(runId: string): HilError {
  return new HilError(
    'internal_error',
    `the log of run ${runId} is no longer what was sealed: its record is not made again; look into the database`,
  );
}
