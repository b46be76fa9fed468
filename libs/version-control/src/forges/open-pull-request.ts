import { setTimeout as sleep } from 'node:timers/promises';
import { ForgeError } from './forge.error.js';
import type { Forge, NewPullRequest, PullRequest } from './forge.port.js';
import { isOurs, replaceOwnPart } from './own-part.js';

export interface OpenPullRequest extends NewPullRequest {
  changeRequestId: string;
  /** The one an earlier revision is in, where there is one: a person may have pointed it at another base. */
  known?: number | undefined;
  signal: AbortSignal;
  /** Pauses before each look after a doubtful answer, in ms. */
  looksMs?: readonly number[];
  log?: (message: string) => void;
}

export interface OpenedPullRequest {
  pull: PullRequest;
  how: 'created' | 'found' | 'updated';
}

/** A forge may need a moment until what it made can be listed. */
const LOOKS_MS = [0, 500, 1_000, 2_000, 4_000];
/** Creates in all; a further one only after looks that found nothing, or a limit that refused the first. */
const MAX_CREATES = 3;
const MAX_LIMIT_WAIT_SECONDS = 60;

/**
 * Makes sure that exactly one pull request leads from this head to this base: looks, creates without
 * automatic repetition, and looks again after every answer that is not a plain yes. Can be called any number of
 * times, by any number of workers at once; an open one of ours gets the new title and text.
 * @throws ForgeError when the forge refuses, or when nobody knows
 */
export async function openPullRequest(
  forge: Forge,
  wanted: OpenPullRequest,
): Promise<OpenedPullRequest> {
  let { draft } = wanted;
  for (let creates = 1; ; creates += 1) {
    const found = await look(forge, wanted);
    if (found !== undefined) return adopt(forge, found, wanted);
    try {
      const pull = await forge.create({ ...wanted, draft });
      return { pull: await onlyOne(forge, pull, wanted), how: 'created' };
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      wanted.signal.throwIfAborted();
      wanted.log?.(
        `the ${forge.noun} was not confirmed (${error.message}); looking whether it exists`,
      );
      const after = await lookAfter(forge, wanted, error);
      if (after !== undefined) return adopt(forge, after, wanted);
      if (creates >= MAX_CREATES) throw error;
      if (draft && error.failure === 'refused' && /draft/i.test(error.message)) draft = false;
      else if (error.failure === 'rate_limited') await waitForLimit(error, wanted.signal);
      else if (error.failure !== 'uncertain') throw error;
    }
  }
}

/** The one it is in already, else the open one, else the last one of ours that a person has ended. */
async function look(forge: Forge, wanted: OpenPullRequest): Promise<PullRequest | undefined> {
  if (wanted.known !== undefined) {
    const pull = await knownOne(forge, wanted.known);
    if (pull?.state === 'open') return pull;
  }
  const found = await forge.find(wanted.head, wanted.base);
  const open = found.filter(({ state }) => state === 'open');
  return lowest(open) ?? found.find(({ body }) => isOurs(body, wanted.changeRequestId));
}

async function knownOne(forge: Forge, number: number): Promise<PullRequest | undefined> {
  try {
    return await forge.get(number);
  } catch (error) {
    if (error instanceof ForgeError && error.failure === 'not_found') return undefined;
    throw error;
  }
}

async function lookAfter(
  forge: Forge,
  wanted: OpenPullRequest,
  error: ForgeError,
): Promise<PullRequest | undefined> {
  // A refusal is definite: one look tells whether another worker was faster.
  const pauses = error.failure === 'uncertain' ? (wanted.looksMs ?? LOOKS_MS) : [0];
  for (const [index, pause] of pauses.entries()) {
    await sleep(pause, undefined, { signal: wanted.signal });
    try {
      const found = await look(forge, wanted);
      if (found !== undefined) return found;
    } catch (failure) {
      // Not knowing must not end in another create.
      if (index === pauses.length - 1) throw failure;
    }
  }
  return undefined;
}

async function adopt(
  forge: Forge,
  found: PullRequest,
  wanted: OpenPullRequest,
): Promise<OpenedPullRequest> {
  // A person may have opened it from our branch: their words stay.
  if (found.state !== 'open' || !isOurs(found.body, wanted.changeRequestId))
    return { pull: found, how: 'found' };
  const body = replaceOwnPart(found.body, wanted.body);
  if (body === found.body && found.title === wanted.title) return { pull: found, how: 'found' };
  return { pull: await forge.update(found.number, { title: wanted.title, body }), how: 'updated' };
}

/** A create that came late to the forge may have made a second one: the older stays. */
async function onlyOne(
  forge: Forge,
  created: PullRequest,
  wanted: OpenPullRequest,
): Promise<PullRequest> {
  let open: PullRequest[];
  try {
    open = (await forge.find(wanted.head, wanted.base)).filter(({ state }) => state === 'open');
  } catch {
    return created;
  }
  const first = lowest(open) ?? created;
  for (const other of open) {
    if (other.number === first.number || !isOurs(other.body, wanted.changeRequestId)) continue;
    await forge.close(other.number);
  }
  return first;
}

function lowest(pulls: readonly PullRequest[]): PullRequest | undefined {
  return [...pulls].sort((a, b) => a.number - b.number)[0];
}

async function waitForLimit(error: ForgeError, signal: AbortSignal): Promise<void> {
  const seconds = error.retryAfterSeconds ?? MAX_LIMIT_WAIT_SECONDS;
  if (seconds > MAX_LIMIT_WAIT_SECONDS) throw error;
  await sleep(seconds * 1_000, undefined, { signal });
}
