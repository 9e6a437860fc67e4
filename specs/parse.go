package specs

import (
	"bytes"
	"errors"
	"io"

	"gopkg.in/yaml.v3"
)

// parseWhole parses the whole text in one go; nil after a mistake in its syntax.
func (l *loader) parseWhole() *Node {
	doc, second, err := parseYAML([]byte(l.src.Text))
	if err != nil {
		l.fail(l.syntaxError(err))
		return nil
	}
	c := newConverter(l.src)
	if doc == nil {
		l.fail(l.src.errorAt(0, "the file is empty; a spec has the key scenarios"))
		return nil
	}
	n := c.node(doc, 0)
	if second != nil {
		l.fail(c.start(second).Errorf("a spec file is one YAML document; here a second one begins"))
	}
	l.errs = append(l.errs, c.errs...)
	return n
}

// parseYAML gives the root of the first document, and the second one where there is any.
func parseYAML(text []byte) (root, second *yaml.Node, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("cannot be read")
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc, next yaml.Node
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return nil, nil, err
	}
	if len(doc.Content) == 0 {
		return nil, nil, nil
	}
	switch err := d.Decode(&next); {
	case errors.Is(err, io.EOF):
		return doc.Content[0], nil, nil
	case err != nil:
		return nil, nil, err
	}
	return doc.Content[0], &next, nil
}
