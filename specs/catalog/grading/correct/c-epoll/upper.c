/* Upper-casing server over TCP and UDP, for many clients. */
#include "server.h"

#include <ctype.h>

static void change(char *p, ssize_t n)
{
	for (ssize_t i = 0; i < n; i++)
		p[i] = toupper((unsigned char)p[i]);
}

static void answer_datagram(int udp)
{
	static char buf[65536];
	struct sockaddr_in from;
	socklen_t len = sizeof from;
	ssize_t n = recvfrom(udp, buf, sizeof buf, 0, (struct sockaddr *)&from, &len);

	if (n < 0)
		return;
	change(buf, n);
	sendto(udp, buf, n, 0, (struct sockaddr *)&from, len);
}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 12000;
	struct epoll_event e;
	struct client *listener, *udp;

	epoll = epoll_create1(0);
	listener = new_client(open_socket(SOCK_STREAM, port));
	udp = new_client(open_socket(SOCK_DGRAM, port));
	printf("listening on %d\n", port);
	fflush(stdout);
	while (epoll_wait(epoll, &e, 1, -1) >= 0) {
		if (e.data.ptr == listener)
			take(listener->fd);
		else if (e.data.ptr == udp)
			answer_datagram(udp->fd);
		else
			serve(e.data.ptr);
	}
	err(1, "epoll_wait");
}
