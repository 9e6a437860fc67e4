package netns

import "testing"

func BenchmarkFresh(b *testing.B) {
	p := newPool(b)
	for b.Loop() {
		p.Put(get(b, p, true), nil, false)
	}
}

func BenchmarkReuse(b *testing.B) {
	p := newPool(b)
	for b.Loop() {
		p.Put(get(b, p, false), nil, false)
	}
}

// BenchmarkReuseTimeWait counts only Get and Put, not the traffic between.
func BenchmarkReuseTimeWait(b *testing.B) {
	for _, tt := range []struct {
		name     string
		mirrored bool
	}{{"known end", false}, {"other end", true}} {
		b.Run(tt.name, func(b *testing.B) {
			p := newPool(b)
			for b.Loop() {
				b.StopTimer()
				n := get(b, p, false)
				var left []FourTuple
				within(b, n, func(c calls) { left = append(c.echo(v4, !tt.mirrored), c.echo(v4, !tt.mirrored)...) })
				b.StartTimer()
				p.Put(n, left, false)
			}
		})
	}
}

func BenchmarkDo(b *testing.B) {
	p := newPool(b)
	n := get(b, p, false)
	for b.Loop() {
		n.Do(func() error { return nil })
	}
	p.Put(n, nil, false)
}
