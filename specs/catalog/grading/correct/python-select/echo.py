"""Echo server: one thread and select. A client that does not read is not read from either."""
import select
import socket
import sys


def serve_client(conn, pending):
    """Reads, or sends what is pending; tells whether the client is still there."""
    try:
        if pending:
            del pending[:conn.send(pending)]
            return True
        pending += conn.recv(4096)
        return len(pending) > 0
    except OSError:
        return False


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 12000
    welcome = socket.create_server(("", port), backlog=128)  # sets SO_REUSEADDR
    print(f"listening on {port}", flush=True)
    clients = {}
    while True:
        readers = [welcome] + [c for c, pending in clients.items() if not pending]
        writers = [c for c, pending in clients.items() if pending]
        readable, writable, _ = select.select(readers, writers, [])
        for conn in readable + writable:
            if conn is welcome:
                client, _ = welcome.accept()
                client.setblocking(False)
                clients[client] = bytearray()
            elif not serve_client(conn, clients[conn]):
                del clients[conn]
                conn.close()


main()
