import { Module } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { AdminModule } from './admin/admin.module.js';
import { CatsController } from './cats/cats.controller.js';
import { HealthController } from './health/health.controller.js';
import { UsersController } from './users/users.controller.js';

const CONTROLLERS = [UsersController, CatsController];

@Module({
  imports: [AdminModule, RouterModule.register([{ path: 'admin', module: AdminModule }])],
  controllers: [...CONTROLLERS, HealthController],
})
export class AppModule {}
