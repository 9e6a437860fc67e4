/* What both servers have: a thread for each client. */
#include <err.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int bound(int type, int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(port)};
	int on = 1, fd = socket(AF_INET, type, 0);

	if (fd < 0)
		err(1, "socket");
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		err(1, "bind");
	return fd;
}

static void start(void *(*run)(void *), int fd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, (void *)(intptr_t)fd) != 0)
		errx(1, "pthread_create");
	pthread_detach(thread);
}

static int send_all(int fd, const char *p, ssize_t n)
{
	for (ssize_t at = 0, done; at < n; at += done)
		if ((done = send(fd, p + at, n - at, MSG_NOSIGNAL)) < 0)
			return -1;
	return 0;
}

static void accept_for_ever(int welcome, void *(*serve)(void *))
{
	int conn;

	while ((conn = accept(welcome, NULL, NULL)) >= 0)
		start(serve, conn);
	err(1, "accept");
}
