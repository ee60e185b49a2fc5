// alertmanager.yml as everybody may see it: comments gone, aliases written out, `<secret>` in the place of every secret.
// What comes out is read by Alertmanager's own tools, so that what was a number or a boolean has to stay one.

import type { YamlMapping, YamlNode, YamlScalar, YamlSequence } from '../../config/yaml-tree.js';

const HIDDEN = '<secret>';
/** What Go puts into a URL, where the brackets would have to be escaped. */
const HIDDEN_IN_URL = 'xxxxx';
/** Keys whose values are secrets wherever they stand. */
const SECRETS = new Set([
  'api_key',
  'api_secret',
  'app_token',
  'auth_password',
  'auth_secret',
  'bearer_token',
  'bot_token',
  'client_secret',
  'credentials',
  'mattermost_webhook_url',
  'opsgenie_api_key',
  'password',
  'rocketchat_token',
  'rocketchat_token_id',
  'routing_key',
  'secret_key',
  'service_key',
  'slack_api_url',
  'slack_app_token',
  'smtp_auth_password',
  'smtp_auth_secret',
  'telegram_bot_token',
  'token',
  'user_key',
  'victorops_api_key',
  'webhook_url',
  'wechat_api_secret',
]);
/** Keys that are secrets below another one. */
const SECRETS_WITHIN: Readonly<Record<string, ReadonlySet<string>>> = {
  slack_configs: new Set(['api_url']),
  webhook_configs: new Set(['url']),
  tls_config: new Set(['key']),
  smtp_tls_config: new Set(['key']),
};
/** Lists of secrets. */
const SECRET_LISTS = new Set(['secrets']);
/** What is below these is the user's, whatever it is called. */
const OPEN = new Set(['route', 'inhibit_rules', 'time_intervals', 'mute_time_intervals', 'templates']);
/** A text that means itself without quotes. */
const PLAIN = /^[\w<][\w .,/<>()+*=~-]*$/;

/** The configuration as YAML, ending with a line feed. */
export function shownConfig(root: YamlNode | undefined): string {
  if (!root) return '';
  return `${block(root, '', '', false).replace(/^[\n ]/, '')}\n`;
}

/** A node as it follows its key or dash, which stands at `indent`; collections begin on a line of their own. */
function block(node: YamlNode, indent: string, within: string, isOpen: boolean): string {
  if (node.kind === 'scalar') return beside(scalar(node));
  return node.kind === 'sequence' ? items(node, indent, within, isOpen) : pairs(node, indent, within, isOpen);
}

function items({ items: list }: YamlSequence, indent: string, within: string, isOpen: boolean): string {
  if (list.length === 0) return ' []';
  return list.map(item => `\n${indent}-${compact(block(item, `${indent}  `, within, isOpen))}`).join('');
}

function pairs({ entries }: YamlMapping, indent: string, within: string, isOpen: boolean): string {
  if (entries.length === 0) return ' {}';
  return entries
    .map(({ key, value }) => {
      const name = key.kind === 'scalar' ? key.text : '';
      const isTop = within === '' && OPEN.has(name);
      const shown =
        !isOpen && isSecret(name, within)
          ? hidden(value, `${indent}  `)
          : block(value, `${indent}  `, name, isOpen || isTop);
      return `\n${indent}${key.kind === 'scalar' ? scalar(key) : JSON.stringify(name)}:${shown}`;
    })
    .join('');
}

/** The first line of a collection goes beside the dash. */
function compact(text: string): string {
  return text.replace(/^\n */, ' ');
}

function isSecret(key: string, within: string): boolean {
  return SECRETS.has(key) || SECRET_LISTS.has(key) || SECRETS_WITHIN[within]?.has(key) === true;
}

function hidden(value: YamlNode, indent: string): string {
  if (value.kind === 'sequence')
    return items({ ...value, items: value.items.map(concealed) }, indent, '', true);
  return beside(scalar(concealed(value)));
}

/** Nothing leaves no space behind. */
function beside(text: string): string {
  return text === '' ? '' : ` ${text}`;
}

/** Of a URL it is told whose it is; older Alertmanagers want a URL where they have one. */
function concealed(node: YamlNode): YamlScalar {
  const text = node.kind === 'scalar' ? node.text : HIDDEN;
  const origin = /^https?:\/\/(?:[^/?#\s{}@]*@)?([^/?#\s{}@]+)(?=[/?#]|$)/i.exec(text);
  const shown = origin ? `${origin[0].split('//')[0]}//${origin[1]}/${HIDDEN}` : HIDDEN;
  return {
    kind: 'scalar',
    text: text === '' ? '' : shown,
    plain: true,
    line: node.line,
    column: node.column,
  };
}

/** Plain stays plain if it fits on a line: it may be a number. A password within a URL is one of the secrets. */
function scalar({ text, plain }: YamlScalar): string {
  const open = text.replace(/(:\/\/[^/?#\s:@]*):[^/?#\s]*@/g, `$1:${HIDDEN_IN_URL}@`);
  if (plain && !/[\n\r]/.test(open)) return open;
  return PLAIN.test(open) && !isAmbiguous(open) ? open : JSON.stringify(open);
}

/** What would be something else than a text without its quotes. */
function isAmbiguous(text: string): boolean {
  return /^(?:[-+.\d]|y|n|yes|no|on|off|true|false|null|0[xo])/i.test(text) || / $/.test(text);
}
