package runner

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/specs/catalog"
	"github.com/sockspec/sockspec/steps"
)

// Leaving out the orders that differ in steps that commute loses no outcome, and
// what is left is the same each time.
func TestReducedFindsWhatFullFinds(t *testing.T) {
	text, err := os.ReadFile("testdata/orders.yaml")
	if err != nil {
		t.Fatal(err)
	}
	compareAll(t, "orders.yaml", text)
}

func TestReducedFindsWhatFullFindsInRaces(t *testing.T) {
	for _, name := range catalog.Names() {
		if !strings.HasPrefix(name, "races/") {
			continue
		}
		text, err := catalog.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		compareAll(t, name, text)
	}
}

func compareAll(t *testing.T, name string, text []byte) {
	f, err := specs.Load(name, text, specs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lab, err := NewLab(Options{TmpDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	if !lab.Isolated() {
		t.Skip("there are no network namespaces here, and ports are everybody's")
	}
	for _, s := range f.Scenarios {
		t.Run(s.Name, func(t *testing.T) {
			p, err := Compile(s, steps.Default())
			if err != nil {
				t.Fatal(err)
			}
			compareOrders(t, lab, p)
		})
	}
}

// sameTimes is how often an exploration has to give the same; EXPLORE_ROUNDS overrides it.
const sameTimes = 3

func compareOrders(t *testing.T, lab *Lab, p *Plan) {
	rounds := sameTimes
	if n, err := strconv.Atoi(os.Getenv("EXPLORE_ROUNDS")); err == nil {
		rounds = n
	}
	full := lab.Explore(t.Context(), p, Exploring{Full: true})
	if full.Verdict == Skip {
		t.Skip(full.Reason)
	}
	reduced := lab.Explore(t.Context(), p, Exploring{})
	t.Logf("%d of %d orders, %d left out, %d outcomes", reduced.Orders, full.Orders, reduced.LeftOut, len(reduced.Outcomes))
	for _, e := range []Explored{full, reduced} {
		if want := verdictOf(p.Spec); !e.Complete || e.Verdict != want {
			t.Fatal(e.text())
		}
	}
	if want, got := full.found(), reduced.found(); !slices.Equal(want, got) {
		t.Fatalf("every order gives\n%s\nwithout those left out\n%s", full.text(), reduced.text())
	}
	for range rounds - 1 {
		again := lab.Explore(t.Context(), p, Exploring{})
		if again.Orders != reduced.Orders || again.LeftOut != reduced.LeftOut || !slices.Equal(again.counted(), reduced.counted()) {
			t.Fatalf("at first\n%s\nlater\n%s", reduced.text(), again.text())
		}
	}
}

// verdictOf is that of all orders together.
func verdictOf(s *specs.Scenario) Verdict {
	if slices.Contains(s.Tags, "fails") {
		return Fail
	}
	return Pass
}

// found are the outcomes, sorted.
func (e Explored) found() (list []string) {
	for _, o := range e.Outcomes {
		list = append(list, string(o.Verdict)+" "+(&signature{steps: o.Steps}).key())
	}
	slices.Sort(list)
	return list
}

// counted are the outcomes with the number of orders that led to each, sorted.
func (e Explored) counted() (list []string) {
	for _, o := range e.Outcomes {
		list = append(list, strconv.Itoa(o.Orders)+" "+(&signature{steps: o.Steps}).key())
	}
	slices.Sort(list)
	return list
}
