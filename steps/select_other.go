//go:build !linux

package steps

type selecting struct{ nfds int64 }

func newSelecting(*Env, *selectArgs, *timeLimit) *selecting { return new(selecting) }
func (s *selecting) release()                               {}
func (s *selecting) ready() map[string]Set                  { return nil }
func (s *selecting) shown() (sets [3]any)                   { return sets }
func (s *selecting) note(int64) string                      { return "" }
