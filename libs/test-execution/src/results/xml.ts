import { SaxesParser } from 'saxes';

/** An element of a small XML document. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

const MAX_DEPTH = 40;

/**
 * Reads a report written inside the sandbox. No DTD, so no entities beyond the five of XML.
 * @returns null when the text is not a whole well-formed document, e.g. still being written
 */
export function parseXml(text: string): XmlElement | null {
  const parser = new SaxesParser();
  const stack: XmlElement[] = [];
  let root: XmlElement | null = null;
  let broken = false;
  parser.on('error', () => {
    broken = true;
  });
  parser.on('doctype', () => {
    broken = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: XmlElement = { name, attributes: { ...attributes }, children: [], text: '' };
    if (stack.length >= MAX_DEPTH) broken = true;
    else stack.at(-1)?.children.push(element);
    root ??= element;
    stack.push(element);
  });
  const content = (data: string) => {
    const open = stack.at(-1);
    if (open !== undefined) open.text += data;
  };
  parser.on('text', content);
  parser.on('cdata', content);
  parser.on('closetag', () => {
    stack.pop();
  });
  try {
    parser.write(text).close();
  } catch {
    return null;
  }
  return broken || stack.length > 0 ? null : root;
}

/** All elements of a name, at any depth, in document order. */
export function elements(root: XmlElement, name: string): XmlElement[] {
  return root.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...elements(child, name),
  ]);
}
