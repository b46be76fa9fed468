import { Controller, Get, Header } from '@nestjs/common';
import { Raw } from './raw.decorator.js';

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>hil</title></head>
<body>
<h1>hil</h1>
<p>A self-hosted code-change agent that asks before it changes anything.</p>
<p>Chat with it on the WebSocket <code>/ws/chat</code> of this address:</p>
<pre>npx wscat -c ws://127.0.0.1:5001/ws/chat
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
  show(): string {
    return PAGE;
  }
}
