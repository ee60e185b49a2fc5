// The editor's last and largest piece: Prometheus' own PromQL language. Completion asks the monitor's Prometheus API.

import type { Extension } from '@codemirror/state';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { pathOf } from '../../../api.js';

export const extension = (): Extension =>
  new PromQLExtension()
    .setComplete({
      remote: { url: pathOf('').replace(/\/$/, ''), fetchFn: (path, options) => fetch(path, options) },
    })
    .asExtension();
