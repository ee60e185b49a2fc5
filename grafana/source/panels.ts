// Panels by what they are for, each with this project's defaults: legends with the last value and the highest, gaps
// where nothing is known, one tooltip for all series. The types are Grafana's own, which is the check of the schema.

import {
  AxisPlacement,
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeSizing,
  BarGaugeValueMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  type DataTransformerConfig,
  FieldColorModeId,
  type FieldConfig,
  type FieldConfigSource,
  GraphDrawStyle,
  type GraphFieldConfig,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LineInterpolation,
  type OptionsWithLegend,
  type OptionsWithTooltip,
  type Panel,
  PercentChangeColorMode,
  SortOrder,
  StackingMode,
  TableCellDisplayMode,
  TableCellHeight,
  type ThresholdsConfig,
  TooltipDisplayMode,
  type ValueMapping,
  VisibilityMode,
  VizOrientation,
} from '@grafana/schema';
import type { Options as BarGaugeOptions } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen.js';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.js';
import type { Options as StateTimelineOptions } from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen.js';
import type { Options as StatusHistoryOptions } from '@grafana/schema/dist/esm/raw/composable/statushistory/panelcfg/x/StatusHistoryPanelCfg_types.gen.js';
import type { Options as TableOptions } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen.js';
import type { Options as TimeSeriesOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.js';
import { type Query, variable } from './query.js';
import { COLOUR, PLAIN } from './style.js';

/** Grafana's data source, whichever the variable names. */
export const DATA_SOURCE = { type: 'prometheus', uid: variable('datasource') } as const;

/** Our panels always have these. */
export type OurPanel = Panel & Required<Pick<Panel, 'title' | 'description' | 'targets' | 'fieldConfig'>>;

/** A link of a value, a series or a cell. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

/** What every panel says. */
interface Content {
  readonly title: string;
  /** What it shows, and what to think of it. */
  readonly description: string;
  readonly queries: readonly Query[];
  /** Grafana's id of the unit. */
  readonly unit: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly thresholds?: ThresholdsConfig;
  readonly mappings?: ValueMapping[];
  readonly links?: readonly Link[];
  /** Shown where there is no value. */
  readonly noValue?: string;
}

/** Settings of single series, or columns. */
type Override = FieldConfigSource['overrides'][number];

function panel(
  type: string,
  { title, description, queries, unit, decimals, min, max, thresholds = PLAIN, ...rest }: Content,
  options: object,
  field: FieldConfig,
  overrides: readonly Override[] = [],
): OurPanel {
  const { mappings = [], links, noValue } = rest;
  return {
    ...{ type, title, description, datasource: DATA_SOURCE },
    targets: queries.map(target),
    options: { ...options },
    fieldConfig: {
      defaults: {
        unit,
        ...(decimals === undefined ? {} : { decimals }),
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...(links === undefined ? {} : { links: [...links] }),
        ...(noValue === undefined ? {} : { noValue }),
        ...{ thresholds, mappings },
        ...field,
      },
      overrides: [...overrides],
    },
  };
}

function target({ expr, legend, isInstant, isTable }: Query, index: number): Record<string, unknown> {
  return {
    refId: String.fromCharCode(65 + index),
    datasource: DATA_SOURCE,
    editorMode: 'code',
    expr,
    ...(isTable ? {} : { legendFormat: legend }),
    format: isTable ? 'table' : 'time_series',
    ...(isInstant ? { instant: true, range: false } : { instant: false, range: true }),
  };
}

const LAST = { calcs: ['lastNotNull'], fields: '', values: false };
const TOOLTIP: OptionsWithTooltip['tooltip'] = { mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending };
const NO_LEGEND: OptionsWithLegend['legend'] = {
  ...{ showLegend: false, displayMode: LegendDisplayMode.List, placement: 'bottom', calcs: [] },
};

/** A number or a word, large. */
export function stat(
  content: Content & {
    /** Fills the panel with the colour, for what the dashboard is opened for. */
    readonly isLoud?: true;
    /** Shows the series' names: beside their values, or alone. */
    readonly names?: 'beside' | 'alone';
    /** The course behind the number. */
    readonly hasGraph?: true;
  },
): OurPanel {
  const { isLoud, names, hasGraph, ...rest } = content;
  const texts = { beside: BigValueTextMode.ValueAndName, alone: BigValueTextMode.Name };
  const options: StatOptions = {
    colorMode: isLoud ? BigValueColorMode.Background : BigValueColorMode.Value,
    graphMode: hasGraph ? BigValueGraphMode.Area : BigValueGraphMode.None,
    justifyMode: BigValueJustifyMode.Auto,
    orientation: VizOrientation.Auto,
    percentChangeColorMode: PercentChangeColorMode.Standard,
    reduceOptions: LAST,
    showPercentChange: false,
    textMode: names ? texts[names] : BigValueTextMode.Value,
    wideLayout: true,
  };
  return panel('stat', rest, options, { color: { mode: FieldColorModeId.Thresholds } });
}

/** Colours of series. */
type Colouring =
  /** A colour for each name, the same one wherever the name appears. */
  | 'by name'
  /** Shades of one colour: the same quantity, seen several ways. */
  | 'shades'
  /** The state the value is in. */
  | 'by value';

const COLOURING = {
  'by name': { mode: FieldColorModeId.PaletteClassicByName },
  shades: { mode: FieldColorModeId.Shades, fixedColor: COLOUR.plain },
  'by value': { mode: FieldColorModeId.Thresholds },
};

/** A course over time. */
export function timeSeries(
  content: Content & {
    readonly colouring?: Colouring;
    /** A colour for series of these names. */
    readonly colours?: Readonly<Record<string, string>>;
    /** Series that are bounds: dashed and grey. */
    readonly bounds?: readonly string[];
    /** Series drawn downwards. */
    readonly below?: readonly string[];
    readonly isStacked?: true;
    readonly hasBars?: true;
    /** Draws the thresholds as lines. */
    readonly hasLines?: true;
  },
): OurPanel {
  const { colouring = 'by name', colours = {}, bounds = [], below = [], ...others } = content;
  const { isStacked, hasBars, hasLines, ...rest } = others;
  const custom: GraphFieldConfig = {
    drawStyle: hasBars ? GraphDrawStyle.Bars : GraphDrawStyle.Line,
    lineInterpolation: LineInterpolation.Linear,
    lineWidth: hasBars ? 0 : 1,
    fillOpacity: hasBars ? 80 : isStacked ? 30 : 8,
    showPoints: VisibilityMode.Never,
    // Where nothing is known, nothing is drawn.
    spanNulls: false,
    axisPlacement: AxisPlacement.Auto,
    stacking: { mode: isStacked ? StackingMode.Normal : StackingMode.None, group: 'A' },
    thresholdsStyle: { mode: hasLines ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off },
  };
  const options: TimeSeriesOptions = {
    legend: {
      ...{ showLegend: true, displayMode: LegendDisplayMode.Table, placement: 'bottom' },
      ...{ calcs: ['lastNotNull', 'max'], sortBy: 'Last *', sortDesc: true },
    },
    tooltip: TOOLTIP,
  };
  const overrides = [
    ...Object.entries(colours).map(([name, fixedColor]) =>
      named(name, { color: { mode: FieldColorModeId.Fixed, fixedColor } }),
    ),
    ...bounds.map(name =>
      named(name, {
        color: { mode: FieldColorModeId.Fixed, fixedColor: COLOUR.quiet },
        'custom.lineStyle': { fill: 'dash', dash: [8, 8] },
        'custom.fillOpacity': 0,
      }),
    ),
    ...below.map(name => named(name, { 'custom.transform': 'negative-Y' }, 'byRegexp')),
  ];
  return panel(
    'timeseries',
    rest,
    options,
    { color: COLOURING[colouring], custom: { ...custom } },
    overrides,
  );
}

function named(
  name: string,
  properties: Readonly<Record<string, unknown>>,
  by: 'byName' | 'byRegexp' = 'byName',
): Override {
  return {
    matcher: { id: by, options: name },
    properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
  };
}

const BAND = { lineWidth: 0, fillOpacity: 80 };

/** States over time, a line each. */
export function stateTimeline(content: Omit<Content, 'unit'>): OurPanel {
  const options: StateTimelineOptions = {
    ...{ mergeValues: true, rowHeight: 0.85, showValue: VisibilityMode.Never, alignValue: 'left' },
    ...{ legend: NO_LEGEND, tooltip: TOOLTIP },
  };
  const field = { color: { mode: FieldColorModeId.Thresholds }, custom: { ...BAND, spanNulls: false } };
  return panel('state-timeline', { unit: 'none', ...content }, options, field);
}

/** States at regular moments, a box each. */
export function statusHistory(content: Omit<Content, 'unit'>): OurPanel {
  const options: StatusHistoryOptions = {
    ...{ rowHeight: 0.85, colWidth: 0.9, showValue: VisibilityMode.Never },
    ...{ legend: NO_LEGEND, tooltip: TOOLTIP },
  };
  const field = { color: { mode: FieldColorModeId.Thresholds }, custom: BAND };
  // A box for every moment, and no more boxes than can be told apart.
  return { ...panel('status-history', { unit: 'none', ...content }, options, field), maxDataPoints: 100 };
}

/** One value of each, side by side. */
export function bars(content: Content): OurPanel {
  const options: BarGaugeOptions = {
    displayMode: BarGaugeDisplayMode.Basic,
    legend: NO_LEGEND,
    maxVizHeight: 40,
    minVizHeight: 16,
    minVizWidth: 8,
    namePlacement: BarGaugeNamePlacement.Left,
    orientation: VizOrientation.Horizontal,
    reduceOptions: LAST,
    showUnfilled: true,
    sizing: BarGaugeSizing.Auto,
    valueMode: BarGaugeValueMode.Color,
  };
  return panel('bargauge', content, options, { color: { mode: FieldColorModeId.Thresholds } });
}

/** A column of a table: the field it shows, which is a label or `Value #A` of the first query and so on. */
export interface Column {
  readonly field: string;
  readonly title: string;
  readonly width?: number;
  readonly unit?: string;
  readonly decimals?: number;
  readonly mappings?: ValueMapping[];
  readonly thresholds?: ThresholdsConfig;
  /** Gives the cell the colour of its value. */
  readonly isColoured?: true;
  readonly links?: readonly Link[];
}

/** Rows of labels and values; the queries' rows with the same labels are one row. Other fields are left out. */
export function table(
  content: Omit<Content, 'unit' | 'links'> & {
    readonly columns: readonly Column[];
    /** Titles of the columns to sort by, `-` in front for the highest first. */
    readonly sortBy: string;
  },
): OurPanel {
  const { columns, sortBy, ...rest } = content;
  const options: TableOptions = {
    ...{ frameIndex: 0, showHeader: true, cellHeight: TableCellHeight.Sm },
    sortBy: [{ displayName: sortBy.replace(/^-/, ''), desc: sortBy.startsWith('-') }],
  };
  const custom = {
    ...{ align: 'auto', inspect: false, filterable: false, cellOptions: { type: TableCellDisplayMode.Auto } },
  };
  const field = { color: { mode: FieldColorModeId.Thresholds }, custom };
  const transformations: DataTransformerConfig[] = [
    { id: 'merge', options: {} },
    { id: 'filterFieldsByName', options: { include: { names: columns.map(each => each.field) } } },
    {
      id: 'organize',
      options: {
        ...{ excludeByName: {}, includeByName: {} },
        indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
        renameByName: Object.fromEntries(columns.map(({ field, title }) => [field, title])),
      },
    },
  ];
  return {
    ...panel('table', { unit: 'none', ...rest }, options, field, columns.map(columnOverride)),
    transformations,
  };
}

function columnOverride(column: Column): Override {
  const { title, width, isColoured, ...rest } = column;
  const { field: _, ...plain } = rest;
  return named(title, {
    ...plain,
    ...(width === undefined ? {} : { 'custom.width': width }),
    ...(isColoured ? { 'custom.cellOptions': { type: TableCellDisplayMode.ColorText } } : {}),
  });
}
