// The checks' real thread, which dies on request: of an exception, of its own will, or by never coming back.

const { DIST } = process.env;
const orders = new BroadcastChannel('checks');

orders.onmessage = ({ data: how }) => {
  orders.close();
  if (how === 'throws') throw new Error('the cable was pulled');
  if (how === 'rejects') Promise.reject(new Error('nobody caught it'));
  if (how === 'exits') process.exit(7);
  if (how === 'hangs') for (;;);
};

await import(new URL('probes/thread.js', DIST).href);
