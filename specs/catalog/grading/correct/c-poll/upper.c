/* Upper-casing server over TCP and UDP, for many clients. */
#include "server.h"

#include <ctype.h>

static void change(char *p, ssize_t n)
{
	for (char *end = p + n; p < end; p++)
		*p = toupper((unsigned char)*p);
}

static void answer_datagram(int udp)
{
	static char buf[65536];
	struct sockaddr from;
	socklen_t len = sizeof from;
	ssize_t n = recvfrom(udp, buf, sizeof buf, 0, &from, &len);

	if (n >= 0) {
		change(buf, n);
		sendto(udp, buf, n, 0, &from, len);
	}
}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 12000;

	signal(SIGPIPE, SIG_IGN);
	add_bound(SOCK_STREAM, port);
	add_bound(SOCK_DGRAM, port);
	printf("listening on %d\n", port);
	fflush(stdout);
	while (poll(fds, used, -1) >= 0) {
		serve_clients(2);
		if (fds[1].revents)
			answer_datagram(fds[1].fd);
		if (fds[0].revents)
			take_client(fds[0].fd);
	}
	err(1, "poll");
}
