import { Controller, Get, Header, Req } from '@nestjs/common';
import type { Request } from 'express';
import { Raw } from './raw.decorator.js';

const page = (host: string, secure: boolean) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>hil</title></head>
<body>
<h1>hil</h1>
<p>A self-hosted code-change agent that asks before it changes anything.</p>
<p>Chat with it on the WebSocket <code>/ws/chat</code> of this address:</p>
<pre>npx wscat -c ${secure ? 'wss' : 'ws'}://${host}/ws/chat
{"event":"chat_message","data":{"message":"what is this project","repo_url":"https://..."}}</pre>
<ul>
<li><a href="/health">Health</a></li>
<li><a href="/openapi.json">REST interface</a> and <a href="/asyncapi.json">socket events</a></li>
<li><a href="/admin/queues">Queues</a> (administrators)</li>
</ul>
</body>
</html>
`;

/** The front door, for people who open the address in a browser. */
@Controller()
export class PageController {
  @Get()
  @Raw()
  @Header('Content-Type', 'text/html; charset=utf-8')
  show(@Req() request: Request): string {
    // The Host header is the visitor's own, but it is text from outside all the same.
    const host = (request.headers.host ?? '').replace(/[^\w.:[\]-]/g, '');
    return page(host, request.headers['x-forwarded-proto'] === 'https');
  }
}
