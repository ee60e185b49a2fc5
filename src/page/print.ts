// Paper is light: a page that is dark on the screen is printed with the light theme, its charts too.

/** From now on. */
export function printLight(): void {
  const { dataset } = document.documentElement;
  let chosen: string | undefined;
  addEventListener('beforeprint', () => {
    chosen = dataset.theme;
    dataset.theme = 'light';
  });
  addEventListener('afterprint', () => {
    if (chosen === undefined) delete dataset.theme;
    else dataset.theme = chosen;
  });
}
