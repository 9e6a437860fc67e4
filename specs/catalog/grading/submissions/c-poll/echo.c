/* Echo server: one process, poll, and no call that blocks. Of each client it keeps what
 * is still to be sent back, and reads on only when that has gone. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 256

static struct pollfd fds[MOST]; /* the first is the welcome socket */
static struct client {
	char buf[4096];
	ssize_t at, n;
} clients[MOST];
static int used;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void add(int fd)
{
	fcntl(fd, F_SETFL, O_NONBLOCK);
	clients[used].at = clients[used].n = 0;
	fds[used++] = (struct pollfd){fd, POLLIN, 0};
}

static void drop(int i)
{
	close(fds[i].fd);
	fds[i] = fds[--used];
	clients[i] = clients[used];
}

/* One step for a client; -1 when it is gone. */
static int serve(int fd, struct client *c)
{
	ssize_t done;

	if (c->at == c->n) {
		done = read(fd, c->buf, sizeof c->buf);
		if (done == 0)
			return -1;
		c->at = 0;
		c->n = done > 0 ? done : 0;
	} else {
		done = write(fd, c->buf + c->at, c->n - c->at);
		if (done > 0)
			c->at += done;
	}
	return done >= 0 || errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static int listen_at(int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		die("socket");
	addr.sin_port = htons(port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		die("bind");
	if (listen(fd, MOST) < 0)
		die("listen");
	return fd;
}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 12000;

	signal(SIGPIPE, SIG_IGN);
	add(listen_at(port));
	printf("listening on %d\n", port);
	fflush(stdout);
	while (poll(fds, used, -1) >= 0) {
		for (int i = used - 1; i > 0; i--) {
			if (fds[i].revents == 0)
				continue;
			if (serve(fds[i].fd, &clients[i]) < 0)
				drop(i);
			else
				fds[i].events = clients[i].at < clients[i].n ? POLLOUT : POLLIN;
		}
		if (fds[0].revents && used < MOST) {
			int conn = accept(fds[0].fd, NULL, NULL);
			if (conn >= 0)
				add(conn);
		}
	}
	die("poll");
}
