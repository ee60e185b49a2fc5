// A GET in Node at its barest: over a kept connection, the answer read whole as text.

import http from 'node:http';

/** @param agent keeps the connections */
export const getWith = agent => url =>
  new Promise((resolve, reject) => {
    http
      .get(url, { agent }, response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', piece => {
          text += piece;
        });
        response.on('end', () => resolve(text));
      })
      .on('error', reject);
  });
