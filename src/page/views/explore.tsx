// Explore: PromQL over everything the monitor has, as tables and graphs; what is asked stands in the address.

import './explore.css';
import { useModel } from '../model.js';
import { PanelView } from './explore/panel.js';
import { NEW_PANEL, type Panel, parsePanels, printPanels } from './explore/panels.js';

export function View() {
  const model = useModel();
  const panels = parsePanels(model.place.value.query);
  // Of the newest panels: a field that loses the focus changes one before what is clicked changes another.
  const show = (edit: (panels: readonly Panel[]) => readonly Panel[]) =>
    model.setQuery(printPanels(edit(parsePanels(model.place.peek().query))));
  const change = (at: number) => (part: Partial<Panel>) =>
    show(newest => newest.map((panel, i) => (i === at ? { ...panel, ...part } : panel)));
  return (
    <section class="explore js-only" aria-labelledby="explore">
      <h1 id="explore">Explore</h1>
      {panels.map((panel, i) => (
        <PanelView
          key={i}
          panel={panel}
          number={i + 1}
          onChange={change(i)}
          onRemove={
            panels.length === 1 ? undefined : () => show(newest => newest.filter((_, at) => at !== i))
          }
        />
      ))}
      <button type="button" class="toggle" onClick={() => show(newest => [...newest, NEW_PANEL])}>
        Add a query
      </button>
    </section>
  );
}
