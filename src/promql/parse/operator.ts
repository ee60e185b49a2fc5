// What may stand behind an operator or an aggregation's name: `bool`, `on (...)`, `group_left (...)`, `by (...)`.

import { unquote } from '../../go/unquote.js';
import { isLabelName } from '../../model/label-name.js';
import type { VectorMatching } from '../ast.js';
import type { Source } from './source.js';
import { isKeyword } from './token.js';
import type { SyntaxNode } from './tree.js';

/** The modifiers of a binary operator. @throws ParseError */
export function readMatching(
  modifiers: readonly SyntaxNode[],
  source: Source,
): { returnBool: boolean; matching: VectorMatching } {
  const fill = modifiers.find(node => node.name === 'FillModifier');
  if (fill) source.fail(fill, 'fill modifiers are experimental and not supported');
  const clause = modifiers.find(node => node.name === 'MatchingModifierClause');
  return {
    returnBool: modifiers.some(node => node.name === 'BoolModifier'),
    matching: clause ? clauseMatching(clause, source) : NO_CLAUSE,
  };
}

const NO_CLAUSE: VectorMatching = { card: 'one-to-one', on: false, labels: [], include: [] };

function clauseMatching(clause: SyntaxNode, source: Source): VectorMatching {
  const [kind, labels, group, include] = clause.children as [
    SyntaxNode,
    SyntaxNode,
    SyntaxNode?,
    SyntaxNode?,
  ];
  return {
    card: cardinality(group, source),
    on: isKeyword(source.tokenAt(kind.from), 'on'),
    labels: readLabels(labels, source),
    include: include ? readLabels(include, source) : [],
  };
}

function cardinality(group: SyntaxNode | undefined, source: Source): VectorMatching['card'] {
  if (!group) return 'one-to-one';
  return isKeyword(source.tokenAt(group.from), 'group_left') ? 'many-to-one' : 'one-to-many';
}

/** The labels of a list in parentheses, quoted ones with their value. */
export function readLabels(list: SyntaxNode, source: Source): string[] {
  const names = list.children.filter(node => node.name === 'LabelName' || node.name === 'QuotedLabelName');
  return names.map(node => {
    const token = source.tokenAt(node.from);
    if (token.kind !== 'string') return token.text;
    const label = unquote(token.text);
    if (!isLabelName(label)) {
      source.fail(token, `invalid label name for grouping: ${token.text}`);
    }
    return label;
  });
}
