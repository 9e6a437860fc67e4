/* Upper-casing server over TCP and UDP: a thread for UDP, and one for each TCP client. */
#include "threads.h"

#include <ctype.h>

static void capitalise(char *p, ssize_t n)
{
	while (n-- > 0)
		p[n] = toupper((unsigned char)p[n]);
}

static void *serve_udp(void *arg)
{
	int udp = (intptr_t)arg;
	static char buf[65536];

	for (;;) {
		struct sockaddr_in from;
		socklen_t len = sizeof from;
		ssize_t n = recvfrom(udp, buf, sizeof buf, 0, (struct sockaddr *)&from, &len);
		if (n < 0)
			continue;
		capitalise(buf, n);
		sendto(udp, buf, n, 0, (struct sockaddr *)&from, len);
	}
	return NULL;
}

static void *serve_client(void *arg)
{
	int conn = (intptr_t)arg;
	char buf[2000];
	ssize_t n;

	do {
		n = recv(conn, buf, sizeof buf, 0);
		capitalise(buf, n);
	} while (n > 0 && send_all(conn, buf, n) == 0);
	close(conn);
	return NULL;
}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 12000;
	int udp = bound(SOCK_DGRAM, port);
	int welcome = bound(SOCK_STREAM, port);

	if (listen(welcome, 64) < 0)
		err(1, "listen");
	printf("listening on %d\n", port);
	fflush(stdout);
	start(serve_udp, udp);
	accept_for_ever(welcome, serve_client);
}
