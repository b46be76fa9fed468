import { All, Controller, Get, Put, Sse, UseGuards, Version } from '@nestjs/common';
import { EMPTY, type Observable } from 'rxjs';
import { AuthGuard } from '../auth.guard.js';

@Controller({ path: ['cats', 'felines'], version: '2' })
@UseGuards(AuthGuard)
export class CatsController {
  @Get('/')
  list(): string[] {
    return [];
  }

  @Version(['3', '4'])
  @Put(':id')
  replace(): string {
    return '';
  }

  @All('any/*rest')
  any(): string {
    return '';
  }

  @Sse('stream')
  stream(): Observable<never> {
    return EMPTY;
  }
}

@Controller('unlisted')
export class UnlistedController {
  @Get()
  never(): string {
    return '';
  }
}
