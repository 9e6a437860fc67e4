package steps

import (
	"context"
	"time"
)

type sleepArgs struct {
	Time time.Duration `spec:"time,short,required" help:"how long, such as 200ms"`
}

// sleep lets time pass. It is no call of the kernel's, so the step does not
// count as blocked.
func sleep(ctx context.Context, e *Env, a *sleepArgs) (None, error) {
	err := e.wait(ctx, time.Now().Add(a.Time))
	if err == errOwnLimit {
		err = nil
	}
	return None{}, err
}
