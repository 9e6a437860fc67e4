/* Echo server for many clients: epoll, and no call that blocks. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* A client, with what is still to be sent to it. */
struct client {
	int fd;
	ssize_t at, n;
	char buf[4096];
};

static int epoll;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_socket(int type, int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	int on = 1;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);

	if (fd < 0)
		die("socket");
	addr.sin_port = htons(port);
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		die("bind");
	if (type == SOCK_STREAM && listen(fd, 256) < 0)
		die("listen");
	return fd;
}

static void watch(int how, int fd, struct client *c, unsigned events)
{
	struct epoll_event e = {.events = events, .data.ptr = c};

	if (epoll_ctl(epoll, how, fd, &e) < 0)
		die("epoll_ctl");
}

static struct client *new_client(int fd)
{
	struct client *c = calloc(1, sizeof *c);

	if (c == NULL)
		die("calloc");
	c->fd = fd;
	watch(EPOLL_CTL_ADD, fd, c, EPOLLIN);
	return c;
}

static void take(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);

	if (fd >= 0)
		new_client(fd);
}

static void serve(struct client *c)
{
	ssize_t done;

	if (c->at == c->n) {
		done = recv(c->fd, c->buf, sizeof c->buf, 0);
		c->at = 0;
		c->n = done > 0 ? done : 0;
	} else {
		done = send(c->fd, c->buf + c->at, c->n - c->at, MSG_NOSIGNAL);
		if (done > 0)
			c->at += done;
	}
	if (done == 0 || (done < 0 && errno != EAGAIN && errno != EINTR)) {
		close(c->fd);
		free(c);
	} else {
		watch(EPOLL_CTL_MOD, c->fd, c, c->at < c->n ? EPOLLOUT : EPOLLIN);
	}
}

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
	die("epoll_wait");
}
