import type { WorkerApp } from '@hil/contracts';
import { STAGE_EXECUTOR, STAGE_HANDLERS, STAGE_SERVICES } from '@hil/stages';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Runtime } from './create-runtime.js';

/** The stage handlers of one app, or of several in one process. */
@Module({})
export class StagesModule {
  static for(apps: readonly WorkerApp[], runtime: Runtime): DynamicModule {
    return {
      module: StagesModule,
      controllers: apps.flatMap((app) => [...STAGE_HANDLERS[app]]),
      providers: [
        { provide: STAGE_SERVICES, useValue: runtime.services },
        { provide: STAGE_EXECUTOR, useValue: runtime.executor },
      ],
    };
  }
}
