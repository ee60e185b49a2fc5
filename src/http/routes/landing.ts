// GET /: a page for whoever opens the monitor in a browser; always 200, because consumers take it for a sign of life.

import { landingPage } from '../page/landing.js';
import { STYLE } from '../page/style.js';
import { type Route, route } from '../route.js';

/** @param linked the endpoints the page leads to */
export const landing = (linked: () => readonly Route[]): Route =>
  route({
    method: 'GET',
    path: '/',
    summary: 'How the cluster is, and links to everything else',
    answer: ['text/html'],
    handle: (_, doors) => landingPage(doors, linked()),
  });

/** The pages' style sheet. */
export const style = route({
  method: 'GET',
  path: '/page.css',
  summary: "The pages' style sheet",
  answer: ['text/css'],
  hidden: true,
  handle: () => ({ type: 'text/css; charset=utf-8', headers: { 'cache-control': 'no-cache' }, body: STYLE }),
});
