import { describe, expect, it } from '@jest/globals';
import { fillTemplate, templatePath } from './pull-request-template.js';
import { isOurs, markerOf, ownPart, replaceOwnPart } from './own-part.js';

const parts = { summary: 'SUMMARY', tests: 'TESTS', notes: 'NOTES' };

describe('templatePath', () => {
  it('finds the template where each forge looks, whatever its case', () => {
    const paths = [
      'README.md',
      'docs/pull_request_template.md',
      '.github/PULL_REQUEST_TEMPLATE.md',
    ];
    expect(templatePath('github', paths)).toBe('.github/PULL_REQUEST_TEMPLATE.md');
    expect(templatePath('gitlab', paths)).toBeUndefined();
    expect(templatePath('gitlab', ['.gitlab/merge_request_templates/Default.md'])).toBeDefined();
  });
});

describe('fillTemplate', () => {
  it('puts each part under the heading that asks for it and leaves boxes unticked', () => {
    const template =
      '<!-- Thanks! -->\n## Description\n\n## How has this been tested?\n\n## Checklist\n- [ ] docs\n';
    const { text, left } = fillTemplate(template, parts);
    expect(text).toBe(
      '## Description\n\nSUMMARY\n\n## How has this been tested?\n\nTESTS\n\n## Checklist\n- [ ] docs',
    );
    expect(left).toEqual(['notes']);
  });

  it('leaves everything over where nothing asks', () => {
    expect(fillTemplate('- [ ] I signed the CLA', parts).left).toEqual([
      'summary',
      'tests',
      'notes',
    ]);
  });
});

describe('our part of a body', () => {
  const first = `template\n\n${ownPart('one')}\n\n${markerOf('id', 'abc')}`;

  it('is replaced alone', () => {
    const edited = first.replace('template', 'a person wrote');
    const next = replaceOwnPart(
      edited,
      `template\n\n${ownPart('two')}\n\n${markerOf('id', 'def')}`,
    );
    expect(next).toContain('a person wrote');
    expect(next).toContain('two');
    expect(next).not.toContain('one');
  });

  it('is recognised by its change request', () => {
    expect(isOurs(first, 'id')).toBe(true);
    expect(isOurs(first, 'other')).toBe(false);
  });
});
