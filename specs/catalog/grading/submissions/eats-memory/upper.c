/* Hostile: takes memory, and uses it, until there is none. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	for (;;) {
		volatile char *p = malloc(1 << 20);
		if (p == NULL)
			pause();
		for (int i = 0; i < 1 << 20; i += 4096)
			p[i] = 1;
	}
}
