// `templates` of alertmanager.yml: the files that its patterns match.

import type { Field } from '../../config/decode.js';
import { glob, isPattern, PatternError } from '../../config/glob.js';
import { ConfigError } from '../../config/load.js';
import { readText } from '../../config/text-file.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { TemplateError } from '../../template/error.js';
import { GoTemplates } from '../templates/render.js';
import type { AlertmanagerConfig } from './definition.js';
import type { TemplateDecoder } from './template-decoder.js';

/** Reads every file once; each has to be a template. A pattern may match nothing; a named file that does not exist
 * is a warning, since Alertmanager treats names as patterns and accepts the configuration. */
export function readTemplateFiles(decoder: TemplateDecoder, node: Field): AlertmanagerConfig['templates'] {
  const nodes = new Map<string, YamlNode>();
  for (const each of decoder.list(node, 'string'))
    for (const file of filesOf(decoder, each)) if (!nodes.has(file)) nodes.set(file, each);
  return [...nodes].flatMap(([file, each]) => {
    const [text, mistakes] = checkedText(file);
    for (const mistake of mistakes) decoder.addMistake(each, mistake);
    return text === undefined ? [] : [{ file, text }];
  });
}

function checkedText(file: string): [text: string | undefined, mistakes: readonly string[]] {
  try {
    const text = readText(file, '');
    new GoTemplates([{ file, text }]);
    return [text, []];
  } catch (error) {
    if (error instanceof ConfigError) return [undefined, error.mistakes];
    if (error instanceof TemplateError) return [undefined, [`${file}: ${error.message}`]];
    throw error;
  }
}

function filesOf(decoder: TemplateDecoder, node: YamlNode): string[] {
  const path = decoder.path(node);
  if (path === '') return [];
  try {
    const files = glob(path);
    if (files.length === 0 && !isPattern(path)) decoder.warn(node, `${path} does not exist`);
    return files;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    decoder.addMistake(node, error.message);
    return [];
  }
}
