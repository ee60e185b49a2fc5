// The catalogue of default templates, under Alertmanager's names: the user's own files may use and replace them.

import { email } from './email.js';
import { general } from './general.js';
import { discord, pagerduty, telegram } from './messengers.js';
import { slack } from './slack.js';

interface TemplateFile {
  /** As it is called in messages. */
  readonly name: string;
  readonly text: string;
}

export const defaultTemplates: readonly TemplateFile[] = [
  general,
  slack,
  discord,
  telegram,
  pagerduty,
  email,
];
