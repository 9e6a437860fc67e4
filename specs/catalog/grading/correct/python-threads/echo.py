"""Echo server: a thread for each client."""
import socket
import sys
import threading


def serve_client(conn):
    with conn:
        try:
            while data := conn.recv(4096):
                conn.sendall(data)
        except OSError as gone:
            print(gone, file=sys.stderr)


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 12000
    welcome = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    welcome.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    welcome.bind(("", port))
    welcome.listen(128)
    print(f"listening on {port}", flush=True)
    while True:
        conn, _ = welcome.accept()
        threading.Thread(target=serve_client, args=(conn,), daemon=True).start()


main()
