import { Get, Param } from '@nestjs/common';

export abstract class CrudController {
  @Get()
  list(): string[] {
    return [];
  }

  @Get(':id/raw')
  raw(@Param('id') id: string): string {
    return id;
  }
}
