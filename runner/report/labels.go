package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/sockspec/sockspec/runner"
)

// Labels are steps with what they gave: in JSON an object, in the order of the list.
type Labels []runner.StepOutcome

// MarshalJSON writes an object.
func (l Labels) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, o := range l {
		if i > 0 {
			b = append(b, ',')
		}
		step, _ := json.Marshal(o.Step)
		outcome, _ := json.Marshal(o.Outcome)
		b = append(append(append(b, step...), ':'), outcome...)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads an object.
func (l *Labels) UnmarshalJSON(text []byte) error {
	*l = nil
	dec := json.NewDecoder(bytes.NewReader(text))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return fmt.Errorf("wants an object, got %s", text)
	}
	for dec.More() {
		step, err := dec.Token()
		if err != nil {
			return err
		}
		var o runner.StepOutcome
		o.Step = step.(string) // the key of an object
		if err := dec.Decode(&o.Outcome); err != nil {
			return err
		}
		*l = append(*l, o)
	}
	return nil
}
