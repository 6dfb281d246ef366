// A wire that can be cut: forwards TCP connections, for tests of what happens when something
// behind us is out of reach.
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { pipeline } from 'node:stream';

/**
 * Gives `{origin, target(url), cut(), hang(), mend()}`: connections to `origin` go to the target;
 * `cut` refuses and breaks them, `hang` takes them and never answers, `mend` forwards again.
 */
export async function startSwitch() {
  const sockets = new Set();
  let target;
  let hanging = false;
  const server = createServer((client) => {
    track(client);
    if (hanging || !target) return client.resume();
    const upstream = track(connect(target));
    // Unlike `pipe`, this ends each when the other fails.
    pipeline(client, upstream, () => {});
    pipeline(upstream, client, () => {});
  });
  const track = (socket) => {
    sockets.add(socket);
    // A reset is what this is for.
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const breakAll = () => sockets.forEach((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    origin: `http://127.0.0.1:${port}`,
    target(url) {
      const { hostname, port } = new URL(url);
      target = { host: hostname, port: Number(port) };
    },
    async cut() {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      breakAll();
      await closed;
    },
    hang() {
      hanging = true;
      breakAll();
    },
    async mend() {
      if (hanging) breakAll();
      hanging = false;
      if (server.listening) return;
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}
