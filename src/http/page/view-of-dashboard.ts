// Which view of the status page shows what one of Grafana's dashboards would.

/** Views by dashboard, the best first, each with the variable that names its service. */
const VIEWS: Readonly<Record<string, readonly (readonly [view: string, variable?: string])[]>> = {
  'langgraph-service': [['service', 'var-service']],
  'langgraph-redis': [['service', 'var-redis']],
  'langgraph-haproxy': [['haproxy'], ['service', 'var-haproxy']],
  'langgraph-host': [['node']],
  'langgraph-nodes': [['targets']],
  'langgraph-gpus': [['targets']],
  'langgraph-modelservers': [['targets']],
  'langgraph-alerts': [['alerts']],
  'langgraph-monitor': [['alerts']],
};

/**
 * The view's address below ours; undefined where the page has none.
 * @param link a dashboard's uid and, behind a `?`, its first variable: `langgraph-service?var-service=tools`
 * @param hasView whether the page has a view at an address @param isService whether there is a service of this id
 */
export function viewOfDashboard(
  link: string,
  hasView: (path: string) => boolean,
  isService: (id: string) => boolean,
): string | undefined {
  const [uid = '', query = ''] = link.split('?', 2);
  const variables = new URLSearchParams(query);
  const views = Object.hasOwn(VIEWS, uid) ? VIEWS[uid] : undefined;
  return views
    ?.flatMap(([view, variable]) => {
      if (variable === undefined) return [`ui/${view}`];
      const id = variables.get(variable) ?? '';
      return isService(id) ? [`ui/${view}/${encodeURIComponent(id)}`] : [];
    })
    .find(hasView);
}
