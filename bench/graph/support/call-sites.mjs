import ts from 'typescript';

/** The names at which a TypeScript or JavaScript text calls, constructs or renders something. */
export function ecmaScriptCallSites(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const sites = [];
  const visit = (node) => {
    const callee = calleeOf(node);
    const name = callee && nameOf(callee);
    if (name) {
      const { line, character } = source.getLineAndCharacterOfPosition(name.getStart(source));
      sites.push({ line, column: character, name: name.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return sites;
}

function calleeOf(node) {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return node.expression;
  if (ts.isTaggedTemplateExpression(node)) return node.tag;
  const isElement = ts.isJsxOpeningElement(node) || ts.isJsxSelfClosingElement(node);
  return isElement && /^[A-Z]/.test(node.tagName.getText()) ? node.tagName : null;
}

function nameOf(expression) {
  let node = expression;
  while (
    ts.isParenthesizedExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAsExpression(node)
  ) {
    node = node.expression;
  }
  if (ts.isIdentifier(node)) return node;
  return ts.isPropertyAccessExpression(node) ? node.name : null;
}
