/* Hostile: writes files until there is no room for any. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	static char block[1 << 20];
	char name[32];

	for (int i = 0;; i++) {
		snprintf(name, sizeof name, "file%d", i % 100);
		int fd = open(name, O_CREAT | O_WRONLY | O_APPEND, 0600);
		if (write(fd, block, sizeof block) < 0)
			pause();
		close(fd);
	}
}
