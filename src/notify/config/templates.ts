// `templates` of alertmanager.yml: the files that its patterns match.

import { existsSync } from 'node:fs';
import type { Decoder, Field } from '../../config/decode.js';
import { glob, isPattern, PatternError } from '../../config/glob.js';
import { ConfigError } from '../../config/load.js';
import { readText } from '../../config/text-file.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import type { AlertmanagerConfig } from '../definition.js';

/** Reads every file once. A pattern may match nothing, a file that is named has to be there. */
export function readTemplateFiles(decoder: Decoder, node: Field): AlertmanagerConfig['templates'] {
  const found = decoder
    .list(node, 'string')
    .flatMap(each => filesOf(decoder, each).map(file => ({ file, each })));
  const files = new Map(found.reverse().map(({ file, each }) => [file, each]));
  return [...files].reverse().flatMap(([file, each]) => {
    try {
      return [{ file, text: readText(file) }];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const mistake of error.mistakes) decoder.misfit(each, mistake);
      return [];
    }
  });
}

function filesOf(decoder: Decoder, node: YamlNode): string[] {
  const path = decoder.path(node);
  if (path === '') return [];
  try {
    if (!isPattern(path) && !existsSync(path)) decoder.misfit(node, `no template ${path}`);
    return glob(path);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    decoder.misfit(node, error.message);
    return [];
  }
}
