// The real thread of queries, which dies on request.

const { DIST } = process.env;
const orders = new BroadcastChannel('queries');

orders.onmessage = () => {
  orders.close();
  throw new Error('out of order');
};

await import(new URL('query/thread/thread.js', DIST).href);
