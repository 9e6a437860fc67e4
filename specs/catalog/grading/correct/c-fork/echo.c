/* Echo server: a child process for each client. */
#include <err.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "write_all.h"

static int listen_at(int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		err(1, "socket");
	addr.sin_port = htons(port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		err(1, "bind");
	if (listen(fd, 128) < 0)
		err(1, "listen");
	return fd;
}

static void serve(int conn)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(conn, buf, sizeof buf)) > 0)
		if (write_all(conn, buf, n) < 0)
			break;
	close(conn);
}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 12000;
	int listener = listen_at(port);

	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN); /* no zombies */
	printf("listening on %d\n", port);
	fflush(stdout);
	for (;;) {
		int conn = accept(listener, NULL, NULL);
		if (conn < 0)
			err(1, "accept");
		if (fork() == 0) {
			close(listener);
			serve(conn);
			_exit(0);
		}
		close(conn);
	}
}
