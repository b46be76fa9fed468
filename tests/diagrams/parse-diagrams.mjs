/**
 * Reads a JSON list of Mermaid texts from its input and answers a JSON list: null for each that Mermaid's
 * parser takes, else its complaint.
 */
import { text } from 'node:stream/consumers';
import DOMPurify from 'dompurify';
import mermaid from 'mermaid';

// The parser cleans labels as HTML, which takes a browser; what it accepts does not depend on that.
Object.assign(DOMPurify, { addHook: () => undefined, sanitize: (html) => html });

const complaints = [];
for (const diagram of JSON.parse(await text(process.stdin))) {
  complaints.push(
    await mermaid.parse(diagram).then(
      () => null,
      (error) => String(error),
    ),
  );
}
process.stdout.write(JSON.stringify(complaints));
