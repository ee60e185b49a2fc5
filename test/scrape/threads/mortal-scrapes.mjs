// The real thread of scrapes, which dies on request.

const { DIST } = process.env;
const orders = new BroadcastChannel('scrapes');

orders.onmessage = () => {
  orders.close();
  throw new Error('out of order');
};

await import(new URL('scrape/thread.js', DIST).href);
