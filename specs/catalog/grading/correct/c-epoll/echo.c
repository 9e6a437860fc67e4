/* Echo server for many clients. */
#include "server.h"

static void change(char *p, ssize_t n) {}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 12000;
	struct epoll_event e;
	struct client *listener;

	epoll = epoll_create1(0);
	listener = new_client(open_socket(SOCK_STREAM, port));
	printf("listening on %d\n", port);
	fflush(stdout);
	while (epoll_wait(epoll, &e, 1, -1) >= 0) {
		if (e.data.ptr == listener)
			take(listener->fd);
		else
			serve(e.data.ptr);
	}
	err(1, "epoll_wait");
}
