// The few lines of a report that fit into a message of a messenger.

import type { DigestLine } from '../alertmanager/pipeline/report-message.js';
import type { Outline } from './outline.js';

const MAX_SERVICES = 5;
const MAX_ITEMS = 4;

export function digestOf({ summary, sections }: Outline): DigestLine[] {
  const lines: DigestLine[] = summary.map(text => ({ text }));
  const [services, ...rest] = sections;
  for (const block of services?.blocks ?? []) {
    if (block.kind !== 'table') continue;
    const uptime = block.rows.slice(0, MAX_SERVICES).map(row => `${plain(row[0])} ${plain(row[1])}`);
    const more = block.rows.length > MAX_SERVICES ? ', ...' : '';
    if (uptime.length > 0) lines.push({ label: 'Uptime, worst first', text: uptime.join(', ') + more });
  }
  for (const { heading, blocks } of rest) {
    const items = blocks.flatMap(block => (block.kind === 'list' ? block.items : []));
    if (items.length === 0) continue;
    lines.push({ label: heading, text: '' });
    for (const text of items.slice(0, MAX_ITEMS)) lines.push({ text: `- ${text}` });
  }
  return lines;
}

const plain = (cell: string | { readonly text: string } | undefined): string =>
  typeof cell === 'string' ? cell : (cell?.text ?? '');
