// A link that can be cut: a forward proxy between one browser and the servers, as a tablet's radio link is.
import { createServer, request } from "node:http";
import { connect } from "node:net";

export class Link {
  static async open() {
    const link = new Link();
    await new Promise((ready) => link.server.listen(0, "127.0.0.1", ready));
    return link;
  }

  constructor() {
    this.cut = false;
    this.sockets = new Set();
    this.server = createServer((incoming, answer) => {
      const { hostname, port, pathname, search } = new URL(incoming.url);
      const on = request({ hostname, port, path: pathname + search, method: incoming.method, headers: incoming.headers }, (got) => {
        answer.writeHead(got.statusCode, got.headers);
        got.pipe(answer);
      });
      on.once("error", () => answer.destroy());
      incoming.pipe(on);
    });
    // WebSockets come as CONNECT.
    this.server.on("connect", (incoming, socket, head) => {
      const [host, port] = incoming.url.split(":");
      const on = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        on.write(head);
        on.pipe(socket).pipe(on);
      });
      for (const end of [on, socket]) {
        end.on("error", () => {});
        end.once("close", () => (on.destroy(), socket.destroy()));
      }
    });
    this.server.on("connection", (socket) => {
      if (this.cut) return socket.destroy();
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
  }

  // What a browser context needs to go through this link; loopback too.
  get proxy() {
    return { server: `http://127.0.0.1:${this.server.address().port}`, bypass: "<-loopback>" };
  }

  break() {
    this.cut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend() {
    this.cut = false;
  }

  close() {
    this.break();
    this.server.close();
  }
}
