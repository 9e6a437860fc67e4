/* One process, poll, and no call that blocks. Of each client it keeps what is still to be
 * sent back, and reads on only when that has gone. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 256

static struct pollfd fds[MOST]; /* those of the server first */
static struct client {
	char buf[4096];
	ssize_t at, n;
} clients[MOST];
static int used;

static void change(char *p, ssize_t n); /* what the server does to what it is sent */

static void add(int fd)
{
	clients[used].at = clients[used].n = 0;
	fds[used++] = (struct pollfd){fd, POLLIN, 0};
}

static void drop(int i)
{
	close(fds[i].fd);
	fds[i] = fds[--used];
	clients[i] = clients[used];
}

static void add_bound(int type, int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(port)};
	int on = 1, fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);

	if (fd < 0)
		err(1, "socket");
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		err(1, "bind");
	if (type == SOCK_STREAM && listen(fd, MOST) < 0)
		err(1, "listen");
	add(fd);
}

static void take_client(int listener)
{
	int conn = used < MOST ? accept4(listener, NULL, NULL, SOCK_NONBLOCK) : -1;

	if (conn >= 0)
		add(conn);
}

/* One step for a client; -1 when it is gone. */
static int step(int fd, struct client *c)
{
	ssize_t done;

	if (c->at == c->n) {
		done = read(fd, c->buf, sizeof c->buf);
		if (done == 0)
			return -1;
		c->at = 0;
		c->n = done > 0 ? done : 0;
		change(c->buf, c->n);
	} else {
		done = write(fd, c->buf + c->at, c->n - c->at);
		if (done > 0)
			c->at += done;
	}
	return done >= 0 || errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static void serve_clients(int first)
{
	for (int i = used - 1; i >= first; i--) {
		if (fds[i].revents == 0)
			continue;
		if (step(fds[i].fd, &clients[i]) < 0)
			drop(i);
		else
			fds[i].events = clients[i].at < clients[i].n ? POLLOUT : POLLIN;
	}
}
