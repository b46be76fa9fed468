export type { MessagingLog } from './ports/log.port.js';
export type {
  ConsumeOptions,
  QueueCounts,
  StageConsumer,
  StageJobHandler,
  StageQueue,
} from './ports/stage-queue.port.js';
export type {
  CancelListener,
  DoorbellBus,
  DoorbellListener,
  Unsubscribe,
} from './ports/doorbell-bus.port.js';
export { createMessaging, type Messaging, type MessagingOptions } from './create-messaging.js';
export { StageQueueServer, type StageQueueServerOptions } from './nest/stage-queue.server.js';
export { StageJobContext } from './nest/stage-job.context.js';
