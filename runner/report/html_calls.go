package report

import "github.com/sockspec/sockspec/steps"

// callsText are the texts of a scenario's calls. They are parts of one string: a string
// for each would be most of what a page costs.
type callsText struct {
	b    []byte
	ends []int
	list []string
}

func (c *callsText) reset() {
	clear(c.list)
	c.b, c.ends, c.list = c.b[:0], c.ends[:0], c.list[:0]
}

func (c *callsText) add(calls []steps.Call) {
	for i := range calls {
		c.b = appendCall(c.b, &calls[i])
		c.ends = append(c.ends, len(c.b))
	}
}

// texts are those of all calls that were added, until the next reset.
func (c *callsText) texts() []string {
	all, from := string(c.b), 0
	for _, end := range c.ends {
		c.list = append(c.list, all[from:end])
		from = end
	}
	return c.list
}
