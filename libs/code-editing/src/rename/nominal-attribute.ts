import type { SyntaxNode } from '@hil/knowledge-graph';
import { spelled, type NominalFile, type NominalLanguage } from './nominal-project.js';

/** `Audit` for a C# type `AuditAttribute`, which stands so in brackets; null for any other. */
export function shortAttribute(language: NominalLanguage, name: string): string | null {
  return language === 'csharp' ? (/^(.+)Attribute$/.exec(name)?.[1] ?? null) : null;
}

/** The places in brackets where a name stands for an attribute. */
export function attributesNamed(file: NominalFile, name: string): SyntaxNode[] {
  return spelled(file, name).filter((node) => {
    const whole = [node, node.parent, node.parent?.parent];
    return whole.some(
      (at, index) =>
        at?.parent?.type === 'attribute' &&
        at.parent.childForFieldName('name')?.id === at.id &&
        // The last part of a qualified or generic name.
        whole.slice(0, index).every((part) => isLastName(part)),
    );
  });
}

function isLastName(node: SyntaxNode | null | undefined): boolean {
  const { parent } = node ?? {};
  return parent?.type === 'generic_name'
    ? parent.firstNamedChild?.id === node?.id
    : /^(?:alias_)?qualified_name$/.test(parent?.type ?? '') &&
        parent?.childForFieldName('name')?.id === node?.id;
}
