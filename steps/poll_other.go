//go:build !linux

package steps

type polling struct{ nfds int64 }

func newPolling(*Env, *pollArgs, *timeLimit) *polling { return new(polling) }
func (p *polling) release()                           {}
func (p *polling) ready() map[string]Set              { return nil }
func (p *polling) shown() []any                       { return nil }
