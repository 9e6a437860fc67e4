package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// EventsVersion is the version of the lines that [JSON] writes. New fields and
// new kinds of event may come within a version; what is there keeps its meaning.
const EventsVersion = 1

// The lines that are no event of a scenario.
const (
	RunStarted = "run_started"
	SpecFile   = "spec_file"
	RunDone    = "run_done"
)

// Line is one line of the JSON report. Times are in nanoseconds. docs/events.md
// says which fields the lines of each kind have.
type Line struct {
	Event string `json:"event"`

	// Of run_started.
	Version   int      `json:"version,omitempty"`
	Sockspec  string   `json:"sockspec,omitempty"`
	Time      string   `json:"time,omitempty"`
	Jobs      int      `json:"jobs,omitempty"`
	Isolation string   `json:"isolation,omitempty"`
	Selected  *int     `json:"selected,omitempty"`
	Rounds    int      `json:"rounds,omitempty"`
	Shuffle   *int64   `json:"shuffle,omitempty"`
	Files     []string `json:"files,omitempty"`
	Sums      []string `json:"sums,omitempty"`
	Grouped   bool     `json:"grouped,omitempty"`

	// Of spec_file.
	File string `json:"file,omitempty"`
	Text string `json:"text,omitempty"`

	// Of every event of a scenario.
	Seq      int    `json:"seq,omitempty"`
	AtNS     *int64 `json:"at_ns,omitempty"`
	Scenario string `json:"scenario,omitempty"`
	Index    *int   `json:"index,omitempty"`
	Round    *int   `json:"round,omitempty"`
	Pos      *Pos   `json:"pos,omitempty"`

	// Of scenario_started, and of scenario_done where there was none.
	About  string   `json:"about,omitempty"`
	Tags   []string `json:"tags,omitempty"`
	Actors []string `json:"actors,omitempty"`

	// Of the events of a step.
	Actor   string   `json:"actor,omitempty"`
	Step    string   `json:"step,omitempty"`
	Verb    string   `json:"verb,omitempty"`
	Outcome *Outcome `json:"outcome,omitempty"`
	What    string   `json:"what,omitempty"`

	// Of program_wrote.
	Program string `json:"program,omitempty"`
	Stream  string `json:"stream,omitempty"`
	Data    *Data  `json:"data,omitempty"`

	// Of scenario_done.
	Verdict string   `json:"verdict,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
	Orders  *Orders  `json:"orders,omitempty"`

	// Of scenario_done and run_done.
	ElapsedNS int64 `json:"elapsed_ns,omitempty"`

	// Of run_done.
	Totals      *Totals `json:"totals,omitempty"`
	Interrupted bool    `json:"interrupted,omitempty"`
	Problem     string  `json:"problem,omitempty"`
}

// Pos is a place in a spec file.
type Pos struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col"`
}

// Outcome is what came of a call.
type Outcome struct {
	Results      Values    `json:"results,omitempty"`
	Errno        *Constant `json:"errno,omitempty"`
	Blocked      bool      `json:"blocked"`
	GaveUp       bool      `json:"gave_up,omitempty"`
	StillBlocked bool      `json:"still_blocked,omitempty"`
	Label        string    `json:"label,omitempty"`
	ElapsedNS    int64     `json:"elapsed_ns"`
	Calls        []string  `json:"calls,omitempty"`
}

// Values are results by name. Those that are read are nil, bool, int64, string,
// or a [json.RawMessage] of anything else.
type Values map[string]any

// UnmarshalJSON reads the values, and loses nothing of them.
func (v *Values) UnmarshalJSON(text []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	*v = make(Values, len(raw))
	for name, value := range raw {
		(*v)[name] = scalarOr(value)
	}
	return nil
}

// scalarOr is a value that is one word; anything else as it is.
func scalarOr(value json.RawMessage) any {
	var v any
	switch value[0] {
	case 'n', 't', 'f', '"':
		json.Unmarshal(value, &v)
		return v
	}
	if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
		return n
	}
	return value
}

// Constant is a number that goes by a name; name is missing where it has none.
type Constant struct {
	Name  string `json:"name,omitempty"`
	Value int64  `json:"value"`
}

// Data are bytes: as text where they are UTF-8, else in base64. Cut tells that
// only the first of Length bytes are here.
type Data struct {
	Text   *string `json:"text,omitempty"`
	Base64 *string `json:"base64,omitempty"`
	Length int64   `json:"length"`
	Cut    bool    `json:"cut,omitempty"`
}

// Time is a length of time among results.
type Time struct {
	NS int64 `json:"ns"`
}

// Failure is why a scenario failed.
type Failure struct {
	Actor      string       `json:"actor,omitempty"`
	Step       string       `json:"step,omitempty"`
	Verb       string       `json:"verb,omitempty"`
	Pos        *Pos         `json:"pos,omitempty"`
	Excerpt    string       `json:"excerpt,omitempty"`
	About      string       `json:"about,omitempty"`
	What       string       `json:"what"`
	Hint       string       `json:"hint,omitempty"`
	Mismatches []Mismatch   `json:"mismatches,omitempty"`
	Outcome    *Outcome     `json:"outcome,omitempty"`
	Actors     []ActorState `json:"actors,omitempty"`
	Programs   []Program    `json:"programs,omitempty"`
	Sockets    []Socket     `json:"sockets,omitempty"`
	More       int          `json:"sockets_more,omitempty"` // sockets that are not among them
	Order      *Order       `json:"order,omitempty"`
	Outcomes   *Outcomes    `json:"outcomes,omitempty"`
	Schedule   []string     `json:"schedule,omitempty"`
}

// Mismatch is one thing that came otherwise than it was wanted.
type Mismatch struct {
	Key     string   `json:"key"`
	Pos     *Pos     `json:"pos,omitempty"`
	Excerpt string   `json:"excerpt,omitempty"`
	Want    string   `json:"want"`
	Got     string   `json:"got"`
	At      *int64   `json:"at,omitempty"`
	WantLen int64    `json:"want_len,omitempty"`
	GotLen  int64    `json:"got_len,omitempty"`
	Diff    []string `json:"diff,omitempty"`
}

// ActorState is what an actor was doing when the failure came.
type ActorState struct {
	Name    string   `json:"name"`
	State   string   `json:"state"`
	Step    string   `json:"step,omitempty"`
	Verb    string   `json:"verb,omitempty"`
	Pos     *Pos     `json:"pos,omitempty"`
	SinceNS int64    `json:"since_ns"`
	On      string   `json:"on,omitempty"`
	For     []string `json:"for,omitempty"`
}

// Order is why a line of `order` does not hold.
type Order struct {
	Line     string    `json:"line"`
	Instants []Instant `json:"instants,omitempty"`
	Circle   []string  `json:"circle,omitempty"`
	Missing  string    `json:"missing,omitempty"`
}

// Instant is when something happened to a step.
type Instant struct {
	Step    string `json:"step"`
	Instant string `json:"instant"`
	AtNS    int64  `json:"at_ns"`
	Seq     int    `json:"seq"`
}

// Totals of a run, in scenarios.
type Totals struct {
	Passed       int `json:"passed"`
	Failed       int `json:"failed"`
	Skipped      int `json:"skipped"`
	Errors       int `json:"errors"`
	Inconclusive int `json:"inconclusive"`
	NotRun       int `json:"not_run"`
}

// longestLine is how long a line of recorded events may be.
const longestLine = 64 << 20

// ReadEvents reads what [JSON] wrote, line by line. It ends at the first error,
// which says in which line it is.
func ReadEvents(r io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, longestLine)
		for n := 1; lines.Scan(); n++ {
			var l Line
			err := json.Unmarshal(lines.Bytes(), &l)
			switch {
			case err != nil:
				err = fmt.Errorf("line %d is no event: %w", n, err)
			case n == 1 && l.Event != RunStarted:
				err = fmt.Errorf("the first line is %q, wanted %q", l.Event, RunStarted)
			case n == 1 && l.Version != EventsVersion:
				err = fmt.Errorf("the events are of version %d, wanted %d", l.Version, EventsVersion)
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Line{}, err)
		}
	}
}
