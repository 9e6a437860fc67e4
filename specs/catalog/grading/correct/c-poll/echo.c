/* Echo server for many clients. */
#include "server.h"

static void change(char *p, ssize_t n) {}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 12000;

	signal(SIGPIPE, SIG_IGN);
	add_bound(SOCK_STREAM, port);
	printf("listening on %d\n", port);
	fflush(stdout);
	while (poll(fds, used, -1) >= 0) {
		serve_clients(1);
		if (fds[0].revents)
			take_client(fds[0].fd);
	}
	err(1, "poll");
}
