//go:build !unix

package specs

import "time"

var started = time.Now()

// spent is the time since the process started, where its processor time is not known.
func spent() time.Duration { return time.Since(started) }
