package report

import "github.com/fatih/color"

// paint colours texts, or leaves them as they are.
type paint struct {
	on                                 bool
	good, bad, warn, dim, strong, mark style
}

type style struct {
	c  *color.Color
	on bool
}

// of is the text in this style.
func (s style) of(text string) string {
	if !s.on || text == "" {
		return text
	}
	return s.c.Sprint(text)
}

func newPaint(on bool) *paint {
	make := func(attributes ...color.Attribute) style {
		c := color.New(attributes...)
		c.EnableColor()
		return style{c, on}
	}
	return &paint{
		on:     on,
		good:   make(color.FgGreen),
		bad:    make(color.FgRed),
		warn:   make(color.FgYellow),
		dim:    make(color.Faint),
		strong: make(color.Bold),
		mark:   make(color.FgRed, color.Bold),
	}
}
