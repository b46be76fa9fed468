import { Controller, Module, Patch } from '@nestjs/common';

@Controller('settings')
export class SettingsController {
  @Patch(':key')
  set(): string {
    return '';
  }
}

@Module({ controllers: [SettingsController] })
export class AdminModule {}
