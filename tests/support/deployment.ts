import type { WorkerApp } from '@hil/contracts';

/** What differs between the shapes: how the product is started, killed and stopped. */
export interface Deployment {
  /** `http://127.0.0.1:port` of the gateway; another one after a restart of it. */
  readonly http: string;
  /** DATA_DIR of each process that works on runs. */
  readonly dataDirs: readonly string[];
  pids(): number[];
  log(): string;
  /** `kill -9` of the process that does the stages of `app`, and a start of one that can go on. */
  crash(app: WorkerApp): Promise<void>;
  /** SIGTERM to the process that does the stages of `app`, then a start. Answers how long the stop took, in ms. */
  restart(app: WorkerApp): Promise<number>;
  /** Where the queue is a server of its own: that server dies, and comes back empty. */
  loseQueue?(): Promise<void>;
  /** Where the gateway is a process of its own: `kill -9` of it, and a start at another address. */
  crashGateway?(): Promise<void>;
  /** Where apps are processes of their own: one more that does the stages of `app`. */
  scaleUp?(app: WorkerApp): Promise<void>;
  /** Ends everything that was started, also after a crash. */
  stop(): Promise<void>;
}

export interface Shape {
  name: string;
  /** @param env settings all processes get */
  deploy(env: Readonly<Record<string, string>>): Promise<Deployment>;
}
