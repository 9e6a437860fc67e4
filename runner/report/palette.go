package report

// Palette colours the texts of other reports as those of this package are.
type Palette struct{ p *paint }

// NewPalette colours texts, or leaves them as they are.
func NewPalette(on bool) Palette { return Palette{newPaint(on)} }

// Good is for what went well.
func (p Palette) Good(text string) string { return p.p.good.of(text) }

// Bad is for what went wrong.
func (p Palette) Bad(text string) string { return p.p.mark.of(text) }

// Warn is for what needs a look.
func (p Palette) Warn(text string) string { return p.p.warn.of(text) }

// Dim is for what matters less.
func (p Palette) Dim(text string) string { return p.p.dim.of(text) }

// Strong is for headings.
func (p Palette) Strong(text string) string { return p.p.strong.of(text) }
