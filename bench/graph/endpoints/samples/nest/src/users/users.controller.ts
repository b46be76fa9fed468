import { Body, Controller, Delete, Get, Param, Post, UseGuards } from '@nestjs/common';
import { AuthGuard } from '../auth.guard.js';
import { ID_PARAM, PATHS } from '../paths.js';
import { CrudController } from './crud.controller.js';

@Controller(PATHS.users)
export class UsersController extends CrudController {
  @Get(ID_PARAM)
  one(@Param('id') id: string): string {
    return id;
  }

  @Get([PATHS.search, `find/${ID_PARAM}`])
  search(): string[] {
    return [];
  }

  @Post()
  @UseGuards(AuthGuard)
  create(@Body() body: object): object {
    return body;
  }

  @Delete(':id')
  remove(@Param('id') id: string): string {
    return id;
  }

  helper(): void {}
}
