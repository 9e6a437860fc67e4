/* One process, epoll, and no call that blocks. */
#define _GNU_SOURCE
#include <err.h>
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

static void change(char *p, ssize_t n); /* what the server does to what it is sent */

static int open_socket(int type, int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	int on = 1;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);

	if (fd < 0)
		err(1, "socket");
	addr.sin_port = htons(port);
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		err(1, "bind");
	if (type == SOCK_STREAM && listen(fd, 256) < 0)
		err(1, "listen");
	return fd;
}

static void watch(int how, int fd, struct client *c, unsigned events)
{
	struct epoll_event e = {.events = events, .data.ptr = c};

	if (epoll_ctl(epoll, how, fd, &e) < 0)
		err(1, "epoll_ctl");
}

static struct client *new_client(int fd)
{
	struct client *c = calloc(1, sizeof *c);

	if (c == NULL)
		err(1, "calloc");
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
		change(c->buf, c->n);
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
