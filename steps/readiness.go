package steps

import (
	"fmt"
	"time"
)

// timeLimit is how long a call waits for readiness.
type timeLimit struct {
	end   time.Time // zero for never
	looks bool      // it does not wait at all
	// wrong is a time that the kernel refuses; sec and fraction are it.
	wrong         bool
	sec, fraction int64
	shown         any // in the log of calls
}

// timeForm is how a call is told how long to wait.
type timeForm struct {
	call      string
	fraction  string // the field beside tv_sec; "" for calls that take milliseconds
	perSecond int64  // how many of them are a second
	carries   bool   // the kernel takes a fraction of more than a second
}

// timeLimit is the time that a step names, `wait`, unless raw says otherwise.
func (e *Env) timeLimit(wait *time.Duration, f timeForm) (timeLimit, error) {
	l := timeLimit{looks: wait != nil && *wait <= 0, shown: waitArg(wait)}
	if wait != nil {
		l.end = time.Now().Add(*wait)
	}
	given := false
	for _, name := range []string{"tv_sec", "tv_nsec", "tv_usec"} {
		if _, ok := e.Raw[name]; !ok {
			continue
		}
		if given = true; f.fraction == "" || name != "tv_sec" && name != f.fraction {
			return l, fmt.Errorf("%s has no argument %s that raw could override", f.call, name)
		}
	}
	if given {
		l.fromRaw(e, f)
	}
	return l, nil
}

// fromRaw reads the seconds and the fraction that raw gives.
func (l *timeLimit) fromRaw(e *Env, f timeForm) {
	l.sec, l.fraction = e.raw("tv_sec", 0), e.raw(f.fraction, 0)
	l.shown = Struct{{"tv_sec", l.sec}, {f.fraction, l.fraction}}
	if f.carries {
		l.sec, l.fraction = l.sec+l.fraction/f.perSecond, l.fraction%f.perSecond
	}
	if l.wrong = l.sec < 0 || l.fraction < 0 || l.fraction >= f.perSecond; l.wrong {
		l.looks = true
		return
	}
	const years = 1 << 32 // seconds: never, as far as a step is concerned
	if l.looks, l.end = false, (time.Time{}); l.sec < years {
		d := time.Duration(l.sec)*time.Second + time.Duration(l.fraction*int64(time.Second)/f.perSecond)
		l.looks, l.end = d == 0, time.Now().Add(d)
	}
}
