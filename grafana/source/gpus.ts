// GPUs with dcgm-exporter or nvidia_gpu_exporter: have they room, and are they well?

import { dashboard, labelValues } from './dashboard.js';
import { stat, table, timeSeries } from './panels.js';
import { now, over, rows } from './query.js';
import { anyIs, COLOUR, lessIsBetter, PLAIN } from './style.js';

/** The exporters chosen. */
const HERE = 'instance=~"$exporter"';
const GPU = '{{instance}} {{gpu}}';
/** By GPU; nvidia_gpu_exporter names it by its UUID alone. */
const either = (dcgm: string, smi: string) => `
  max by (instance, gpu) (${dcgm}{${HERE}} or label_join(${smi}{${HERE}}, "gpu", "", "uuid"))`;
const power = either('DCGM_FI_DEV_POWER_USAGE', 'nvidia_smi_power_draw_watts');
const used = `
  max by (instance, gpu) (DCGM_FI_DEV_FB_USED{${HERE}} * 1048576
    or label_join(nvidia_smi_memory_used_bytes{${HERE}}, "gpu", "", "uuid"))`;

export const gpus = dashboard({
  uid: 'langgraph-gpus',
  title: 'LangGraph / GPUs',
  question: 'Has a GPU room, and is it well?',
  variables: [
    labelValues('exporter', {
      ...{ label: 'Exporter', selector: 'langgraph:gpu_memory_usage:ratio', of: 'instance', isMulti: true },
    }),
  ],
  from: 'now-3h',
  rows: [
    {
      height: 4,
      panels: [
        [
          5,
          stat({
            title: 'Fullest memory',
            description:
              'The GPU with the least memory left. vLLM takes 90 % when it starts; an alert begins at 97 %.',
            queries: [now(`topk(1, langgraph:gpu_memory_usage:ratio{${HERE}})`, GPU)],
            unit: 'percentunit',
            decimals: 0,
            thresholds: lessIsBetter(0.93, 0.97),
            isLoud: true,
            names: 'beside',
          }),
        ],
        [
          5,
          stat({
            title: 'Hottest',
            description: 'The hottest GPU. An alert begins at 85 degrees.',
            queries: [now(`topk(1, langgraph:gpu_temperature:celsius{${HERE}})`, GPU)],
            unit: 'celsius',
            decimals: 0,
            thresholds: lessIsBetter(75, 85),
            isLoud: true,
            names: 'beside',
          }),
        ],
        [
          5,
          stat({
            title: 'Busy',
            description: 'Share of the time that the GPUs chosen compute, on average.',
            queries: [now(`avg(langgraph:gpu_usage:ratio{${HERE}})`, 'Busy')],
            unit: 'percentunit',
            decimals: 0,
            thresholds: PLAIN,
            hasGraph: true,
          }),
        ],
        [
          5,
          stat({
            title: 'GPUs with errors',
            description:
              'GPUs whose last XID error is not none; it stays until the exporter is started again.',
            queries: [now(`count(DCGM_FI_DEV_XID_ERRORS{${HERE}} > 0) or vector(0)`, 'Errors')],
            unit: 'none',
            thresholds: anyIs(COLOUR.fair),
          }),
        ],
        [
          4,
          stat({
            title: 'Faulty memory',
            description:
              'GPUs that could not replace a faulty row of their memory. They have to be replaced.',
            queries: [
              now(
                `count(DCGM_FI_DEV_ROW_REMAP_FAILURE{${HERE}} == 1 or nvidia_smi_remapped_rows_failure{${HERE}} == 1) or vector(0)`,
                'Faulty',
              ),
            ],
            unit: 'none',
            thresholds: anyIs(COLOUR.bad),
          }),
        ],
      ],
    },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'Memory of GPUs',
            description: 'Share of the memory of each GPU that is in use.',
            queries: [over(`langgraph:gpu_memory_usage:ratio{${HERE}}`, GPU)],
            unit: 'percentunit',
            min: 0,
            max: 1,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Busy by GPU',
            description: 'Share of the time that each GPU computes.',
            queries: [over(`langgraph:gpu_usage:ratio{${HERE}}`, GPU)],
            unit: 'percentunit',
            min: 0,
            max: 1,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Temperature',
            description: 'Of each GPU. Above 85 degrees it is an alert; a little higher the GPU slows down.',
            queries: [over(`langgraph:gpu_temperature:celsius{${HERE}}`, GPU)],
            unit: 'celsius',
            decimals: 0,
            thresholds: lessIsBetter(75, 85),
            hasLines: true,
          }),
        ],
      ],
    },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'Power',
            description: 'Watts that each GPU draws.',
            queries: [over(power, GPU)],
            unit: 'watt',
            min: 0,
          }),
        ],
        [
          16,
          table({
            title: 'GPUs now',
            description: 'Every GPU chosen, the fullest first.',
            queries: [
              rows(`max by (instance, gpu) (langgraph:gpu_memory_usage:ratio{${HERE}})`),
              rows(used),
              rows(`max by (instance, gpu) (langgraph:gpu_usage:ratio{${HERE}})`),
              rows(`max by (instance, gpu) (langgraph:gpu_temperature:celsius{${HERE}})`),
              rows(`max by (instance, gpu) (DCGM_FI_DEV_XID_ERRORS{${HERE}})`),
            ],
            columns: [
              { field: 'instance', title: 'Exporter' },
              { field: 'gpu', title: 'GPU' },
              {
                ...{ field: 'Value #A', title: 'Memory', width: 90, unit: 'percentunit', decimals: 0 },
                ...{ thresholds: lessIsBetter(0.93, 0.97), isColoured: true },
              },
              { field: 'Value #B', title: 'In use', width: 110, unit: 'bytes', decimals: 1 },
              { field: 'Value #C', title: 'Busy', width: 90, unit: 'percentunit', decimals: 0 },
              {
                ...{ field: 'Value #D', title: 'Temperature', width: 110, unit: 'celsius', decimals: 0 },
                ...{ thresholds: lessIsBetter(75, 85), isColoured: true },
              },
              { field: 'Value #E', title: 'Last XID error', width: 120 },
            ],
            sortBy: '-Memory',
          }),
        ],
      ],
    },
  ],
});
