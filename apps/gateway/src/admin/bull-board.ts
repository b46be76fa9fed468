import type { StageQueue } from '@hil/messaging';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

export const BULL_BOARD_PATH = '/admin/queues';

/**
 * Bull Board over the queues, for looking only: jobs are transport, and one that was retried from
 * here would be void. It is loaded when somebody first opens it, since that takes half a second.
 */
export function bullBoard(queue: StageQueue): RequestHandler {
  let router: Promise<RequestHandler> | undefined;
  return (request: Request, response: Response, next: NextFunction) => {
    router ??= load(queue);
    router.then((handle) => handle(request, response, next)).catch(next);
  };
}

async function load(queue: StageQueue): Promise<RequestHandler> {
  const [{ createBullBoard }, { BullMQAdapter }, { ExpressAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/express'),
  ]);
  const serverAdapter = new ExpressAdapter().setBasePath(BULL_BOARD_PATH);
  createBullBoard({
    queues: queue.bullQueues().map((each) => new BullMQAdapter(each, { readOnlyMode: true })),
    serverAdapter,
  });
  return serverAdapter.getRouter() as RequestHandler;
}
