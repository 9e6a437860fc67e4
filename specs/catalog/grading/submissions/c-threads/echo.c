/* Echo server: a thread for each client. */
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

static void *serve_client(void *arg)
{
	int conn = (intptr_t)arg;
	char buf[8192];
	ssize_t n;

	while ((n = recv(conn, buf, sizeof buf, 0)) > 0)
		for (ssize_t at = 0, done; at < n; at += done)
			if ((done = send(conn, buf + at, n - at, MSG_NOSIGNAL)) < 0)
				goto gone;
gone:
	close(conn);
	return NULL;
}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 12000;
	struct sockaddr_in addr = {.sin_family = AF_INET};
	int on = 1, conn;
	int welcome = socket(AF_INET, SOCK_STREAM, 0);

	addr.sin_port = htons(port);
	if (welcome < 0)
		die("socket");
	setsockopt(welcome, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(welcome, (struct sockaddr *)&addr, sizeof addr) < 0)
		die("bind");
	if (listen(welcome, SOMAXCONN) < 0)
		die("listen");
	printf("listening on %d\n", port);
	fflush(stdout);
	while ((conn = accept(welcome, NULL, NULL)) >= 0) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, serve_client, (void *)(intptr_t)conn) != 0)
			die("pthread_create");
		pthread_detach(thread);
	}
	die("accept");
}
