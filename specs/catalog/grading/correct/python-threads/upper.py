"""Upper-casing server over TCP and UDP: a thread for UDP, one TCP client after the other."""
import socket
import sys
import threading


def serve_udp(sock):
    while True:
        data, client = sock.recvfrom(65535)
        sock.sendto(data.upper(), client)


def serve_client(conn):
    while True:
        data = conn.recv(1024)
        if not data:
            return
        conn.sendall(data.upper())


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 12000
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("", port))
    welcome = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    welcome.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    welcome.bind(("", port))
    welcome.listen(64)
    threading.Thread(target=serve_udp, args=(udp,), daemon=True).start()
    print(f"listening on {port}", flush=True)
    while True:
        conn, client = welcome.accept()
        try:
            serve_client(conn)
        except OSError as gone:
            print(client, gone, file=sys.stderr)
        conn.close()


main()
