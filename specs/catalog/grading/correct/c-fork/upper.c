/* Upper-casing server over TCP and UDP: one process, one TCP client at a time. */
#include <ctype.h>
#include <err.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "write_all.h"

static int open_socket(int type, int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	int on = 1;
	int fd = socket(AF_INET, type, 0);

	if (fd < 0)
		err(1, "socket");
	addr.sin_port = htons(port);
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		err(1, "bind");
	if (type == SOCK_STREAM && listen(fd, 64) < 0)
		err(1, "listen");
	return fd;
}

static void capitalise(char *p, ssize_t n)
{
	for (ssize_t i = 0; i < n; i++)
		p[i] = toupper((unsigned char)p[i]);
}

/* Answers what one read gives; -1 when the client is gone. */
static int answer_client(int conn)
{
	char buf[1024];
	ssize_t n = read(conn, buf, sizeof buf);

	if (n <= 0)
		return -1;
	capitalise(buf, n);
	return write_all(conn, buf, n);
}

static void answer_datagram(int udp)
{
	static char buf[65536];
	struct sockaddr_in from;
	socklen_t len = sizeof from;
	ssize_t n = recvfrom(udp, buf, sizeof buf, 0, (struct sockaddr *)&from, &len);

	if (n < 0)
		return;
	capitalise(buf, n);
	sendto(udp, buf, n, 0, (struct sockaddr *)&from, len);
}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 12000;
	int udp = open_socket(SOCK_DGRAM, port);
	int listener = open_socket(SOCK_STREAM, port);
	struct pollfd fds[3] = {{udp, POLLIN, 0}, {listener, POLLIN, 0}, {-1, POLLIN, 0}};

	signal(SIGPIPE, SIG_IGN);
	printf("listening on %d\n", port);
	fflush(stdout);
	while (poll(fds, 3, -1) >= 0) {
		if (fds[0].revents)
			answer_datagram(udp);
		if (fds[1].revents) {
			fds[2].fd = accept(listener, NULL, NULL);
			fds[1].fd = -1; /* until this client has gone */
		} else if (fds[2].revents && answer_client(fds[2].fd) < 0) {
			close(fds[2].fd);
			fds[2].fd = -1;
			fds[1].fd = listener;
		}
	}
	err(1, "poll");
}
