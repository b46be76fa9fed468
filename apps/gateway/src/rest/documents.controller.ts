import { Controller, Get, Header } from '@nestjs/common';
import { Raw } from './raw.decorator.js';

/** The generated description of the interfaces. It is made when first asked for. */
@Controller()
export class DocumentsController {
  private readonly made = new Map<string, Promise<object>>();

  @Get('openapi.json')
  @Raw()
  @Header('Cache-Control', 'max-age=300')
  openApi(): Promise<object> {
    return this.once('openapi', async () => (await documents()).openApiDocument());
  }

  @Get('asyncapi.json')
  @Raw()
  @Header('Cache-Control', 'max-age=300')
  asyncApi(): Promise<object> {
    return this.once('asyncapi', async () => (await documents()).asyncApiDocument());
  }

  private once(name: string, make: () => Promise<object>): Promise<object> {
    const document = this.made.get(name) ?? make();
    this.made.set(name, document);
    return document;
  }
}

const documents = () => import('@hil/contracts/documents');
