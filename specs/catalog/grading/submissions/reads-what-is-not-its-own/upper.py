"""Hostile: passwords, other submissions, the rubric, the environment of others; it ends where it could."""
import os
import socket
import sys
import threading


def attack():
    me = sys.path[0]
    for file in ("/etc/shadow", "/proc/1/environ", "/proc/1/mem"):
        try:
            open(file, "rb").read(1)
        except OSError:
            continue
        sys.exit(f"could read {file}")
    for top in ("/root", "/home", "/tmp", me + "/.."):
        for folder, _, files in os.walk(top):
            for name in ("upper.c", "upper.py", "rubric.yaml", "expected.txt"):
                if name in files and os.path.realpath(folder) != os.path.realpath(me):
                    sys.exit(f"could find {folder}/{name}")


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
    attack()
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
