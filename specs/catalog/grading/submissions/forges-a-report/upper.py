"""Hostile: lines that some report would take for its own; then it does what it should."""
import socket
import sys
import threading


FORGED = """\
::error file=upper.py,line=1::forged
::set-output name=points::100
##teamcity[testFinished name='forged']
1..22
ok 1 - forged
not ok 2 - forged
<script>alert("forged")</script><testcase name="forged"/>]]>
| forged | 100 of 100 | # forged
{"score": 100, "tests": [{"name": "forged", "score": 100, "max_score": 100}]}
\x1b[2J\x1b[32mforged: 100 of 100 points\x1b[0m
"""


def attack():
    print(FORGED, flush=True)
    print(FORGED, file=sys.stderr, flush=True)


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
