/* Upper-casing server over TCP and UDP: a thread for UDP, and one for each TCP client. */
#include <ctype.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_socket(int type, int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	int on = 1;
	int fd = socket(AF_INET, type, 0);

	if (fd < 0)
		die("socket");
	addr.sin_port = htons(port);
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		die("bind");
	return fd;
}

static void capitalise(char *p, ssize_t n)
{
	for (ssize_t i = 0; i < n; i++)
		p[i] = toupper((unsigned char)p[i]);
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

	while ((n = recv(conn, buf, sizeof buf, 0)) > 0) {
		capitalise(buf, n);
		for (ssize_t at = 0, done; at < n; at += done)
			if ((done = send(conn, buf + at, n - at, MSG_NOSIGNAL)) < 0)
				goto gone;
	}
gone:
	close(conn);
	return NULL;
}

static void start(void *(*run)(void *), int fd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, (void *)(intptr_t)fd) != 0)
		die("pthread_create");
	pthread_detach(thread);
}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 12000;
	int udp = open_socket(SOCK_DGRAM, port);
	int welcome = open_socket(SOCK_STREAM, port);
	int conn;

	if (listen(welcome, 64) < 0)
		die("listen");
	printf("listening on %d\n", port);
	fflush(stdout);
	start(serve_udp, udp);
	while ((conn = accept(welcome, NULL, NULL)) >= 0)
		start(serve_client, conn);
	die("accept");
}
