// The real thread of checks, which dies on request: by an exception, by process.exit, or in an endless loop.

const { DIST } = process.env;
const orders = new BroadcastChannel('checks');

orders.onmessage = ({ data: how }) => {
  orders.close();
  if (how === 'throws') throw new Error('the cable was pulled');
  if (how === 'rejects') Promise.reject(new Error('uncaught rejection'));
  if (how === 'exits') process.exit(7);
  if (how === 'hangs') for (;;);
};

await import(new URL('probes/thread.js', DIST).href);
