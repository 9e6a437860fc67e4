package netns

import (
	"strings"
	"testing"
)

func BenchmarkSettle(b *testing.B) {
	b.Run("here", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s := StartSending()
			if err := s.Settle(); err != nil {
				b.Fatal(err)
			}
			s.End()
		}
	})
	b.Run("everywhere", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s := StartSending()
			s.Elsewhere()
			if err := s.Settle(); err != nil {
				b.Fatal(err)
			}
			s.End()
		}
	})
}

func TestBacklogColumns(t *testing.T) {
	line := strings.Repeat("00000000 ", 11) + "0000001f 00000003 00000000 0000001f"
	if n, ok := column([]byte(line), columnWaiting); n != 31 || !ok {
		t.Errorf("%d %t wait", n, ok)
	}
	if n, ok := column([]byte(line), columnProcessor); n != 3 || !ok {
		t.Errorf("processor %d %t", n, ok)
	}
	if _, ok := column([]byte("00000000 00000000"), columnProcessor); ok {
		t.Error("a short line has that column")
	}
}
