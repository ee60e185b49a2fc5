// Run before the page is painted: a theme chosen by hand, so that nothing flashes in the other one.

document.documentElement.classList.add('js');
try {
  const chosen = localStorage.getItem('langgraph-monitor.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is blocked: the system's theme it is.
}
