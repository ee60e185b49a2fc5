// Which values of alertmanager.yml are templates, and what is wrong with them. Real Alertmanagers take a file whose
// templates cannot be filled in, and say so with the first message; we say it when the file is read, and take it too.

import { Decoder, type Field, isAbsent } from '../../config/decode.js';
import { yamlPath } from '../../config/yaml-path.js';
import type { YamlNode, YamlScalar } from '../../config/yaml-tree.js';
import { oneLine } from '../../model/scrub.js';
import { GoTemplates } from '../templates/render.js';

/** Reads alertmanager.yml and remembers its templates. */
export class TemplateDecoder extends Decoder {
  readonly #warnings: { readonly node: YamlNode; readonly reason: string }[] = [];
  readonly #noted = new Map<YamlScalar, { readonly isSecret: boolean }>();

  /** Notes something that is no mistake to Alertmanager and hardly what the user meant. */
  warn(node: YamlNode, reason: string): void {
    this.#warnings.push({ node, reason });
  }

  /** What was noted, a line each: place, path, reason. */
  warnings(root: YamlNode): string[] {
    return this.#warnings.map(({ node, reason }) => lineOf(root, node, reason));
  }

  /** A text that is filled in with every message. */
  template(node: Field, otherwise = ''): string {
    this.#note(node, false);
    return this.text(node, otherwise);
  }

  /** Notes that a secret is filled in, too. Messages repeat nothing of it. */
  secretTemplate(node: Field): void {
    this.markSecret(node);
    this.#note(node, true);
  }

  /**
   * What is wrong with the templates, whatever they are filled in with, a line each: place, path, reason.
   * @param files those of `templates`
   */
  templateProblems(
    root: YamlNode,
    files: readonly { readonly file: string; readonly text: string }[],
  ): string[] {
    if (this.#noted.size === 0) return [];
    const templates = new GoTemplates(files);
    const noted = [...this.#noted].sort(([a], [b]) => a.line - b.line || a.column - b.column);
    return noted.flatMap(([node, { isSecret }]) => {
      const problem = templates.problem(node.text);
      if (problem === undefined) return [];
      const reason = isSecret
        ? 'cannot be filled in; why is not shown, since this may be a secret'
        : oneLine(problem);
      return [lineOf(root, node, reason)];
    });
  }

  #note(node: Field, isSecret: boolean): void {
    if (!isAbsent(node) && node.kind === 'scalar' && node.text.includes('{{'))
      this.#noted.set(node, { isSecret });
  }
}

function lineOf(root: YamlNode, node: YamlNode, reason: string): string {
  return `${node.line}:${node.column}: ${yamlPath(root, node)}: ${reason}`;
}
