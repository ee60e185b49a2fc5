// What exporters answer while their machine is idle, trimmed: node_exporter's and postgres_exporter's are those of Debian's
// packages (with the sensors of other machines, as its collectors name them), the others' are made from their makers'
// documentation. Sources: dcgm-exporter, etc/default-counters.csv; nvidia_gpu_exporter, docs/METRICS.md; vLLM, Production
// Metrics; llama.cpp, tools/server/README.md.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TextParser } from '../../src/textparse/text-parser.js';

/** The exporters, as their jobs are called. */
export const EXPORTERS = ['node', 'dcgm', 'nvidia_gpu', 'vllm', 'llama_cpp', 'postgres'] as const;
export type ExporterName = (typeof EXPORTERS)[number];

const FILES: Readonly<Record<ExporterName, string>> = {
  node: 'node_exporter.txt',
  dcgm: 'dcgm_exporter.txt',
  nvidia_gpu: 'nvidia_gpu_exporter.txt',
  vllm: 'vllm.txt',
  llama_cpp: 'llama_cpp.txt',
  postgres: 'postgres_exporter.txt',
};

/** The page of an exporter in the text format. */
export function pageOf(name: ExporterName): string {
  return readFileSync(fileURLToPath(new URL(`pages/${FILES[name]}`, import.meta.url)), 'utf8');
}

/** A sample of a page: labels with the name, and the value. */
export interface PageSample {
  readonly name: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
}

/** Reads a page. @throws ParseError */
export function readPage(text: string): PageSample[] {
  const bytes = Buffer.from(`${text}\n`);
  const parser = new TextParser(bytes, bytes.length);
  const samples: PageSample[] = [];
  for (let entry = parser.next(); entry !== 'end'; entry = parser.next()) {
    if (entry !== 'series') continue;
    const labels = parser.labels();
    const name = labels.find(([key]) => key === '__name__')?.[1] ?? '';
    samples.push({ name, labels, value: parser.value });
  }
  return samples;
}
