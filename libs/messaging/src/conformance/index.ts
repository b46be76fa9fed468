export { Peers, until, type BackendUnderTest, type StartBackend } from './backend-under-test.js';
export { doorbellConformance } from './doorbell.conformance.js';
export { stageQueueConformance } from './stage-queue.conformance.js';
