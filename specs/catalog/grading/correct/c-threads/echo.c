/* Echo server: a thread for each client. */
#include "threads.h"

static void *serve_client(void *arg)
{
	int conn = (intptr_t)arg;
	char buf[8192];
	ssize_t n;

	while ((n = recv(conn, buf, sizeof buf, 0)) > 0 && send_all(conn, buf, n) == 0)
		;
	close(conn);
	return NULL;
}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 12000;
	int welcome = bound(SOCK_STREAM, port);

	if (listen(welcome, SOMAXCONN) < 0)
		err(1, "listen");
	printf("listening on %d\n", port);
	fflush(stdout);
	accept_for_ever(welcome, serve_client);
}
