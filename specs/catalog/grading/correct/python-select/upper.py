"""Upper-casing server over TCP and UDP: one thread, selectors, no call that blocks."""
import selectors
import socket
import sys

ready = selectors.DefaultSelector()


def open_socket(kind, port):
    sock = socket.socket(socket.AF_INET, kind)
    if kind == socket.SOCK_STREAM:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("", port))
    sock.setblocking(False)
    return sock


def answer_datagram(udp, _):
    data, client = udp.recvfrom(65535)
    udp.sendto(data.upper(), client)


def take_client(welcome, _):
    conn, _ = welcome.accept()
    conn.setblocking(False)
    ready.register(conn, selectors.EVENT_READ, (serve_client, bytearray()))


def serve_client(conn, pending):
    """Reads, or sends what is still pending: reads on only when that has gone."""
    try:
        if not pending:
            pending += conn.recv(4096).upper()
            gone = not pending
        else:
            del pending[:conn.send(pending)]
            gone = False
    except OSError:
        gone = True
    if gone:
        ready.unregister(conn)
        conn.close()
        return
    events = selectors.EVENT_WRITE if pending else selectors.EVENT_READ
    ready.modify(conn, events, (serve_client, pending))


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 12000
    welcome = open_socket(socket.SOCK_STREAM, port)
    welcome.listen(64)
    ready.register(welcome, selectors.EVENT_READ, (take_client, None))
    ready.register(open_socket(socket.SOCK_DGRAM, port), selectors.EVENT_READ, (answer_datagram, None))
    print(f"listening on {port}", flush=True)
    while True:
        for key, _ in ready.select():
            serve, pending = key.data
            serve(key.fileobj, pending)


main()
