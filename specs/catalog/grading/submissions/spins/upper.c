/* Hostile: computes for ever, and never listens. */
int main(void)
{
	for (volatile unsigned i = 0;; i++)
		;
}
