package command

import (
	"context"
	"io/fs"
	"path/filepath"
)

// watch grades whenever the rubric or a submission has changed.
func (g *grading) watch(args []string) error {
	return g.watchPaths(args, g.handedIn, func(ctx context.Context, now state) error {
		if now.err != nil {
			return g.told(now.err)
		}
		round := *g // what a round finds out is its own
		if err := round.read(args[0]); err != nil {
			return g.told(err)
		}
		return g.told(round.run(ctx, func() bool { return ctx.Err() != nil }))
	})
}

// handedIn are the rubric and every file of the submissions. What cannot be read of a
// submission is said when it is graded.
func (g *grading) handedIn(args []string) ([]input, error) {
	list, err := g.inputs(args[:1])
	for _, path := range args[1:] {
		filepath.WalkDir(filepath.Clean(path), func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				list = append(list, input{name: name, err: bare(err)})
			case d.Type().IsRegular():
				list = append(list, readInput(name))
			case d.Type() != fs.ModeDir:
				list = append(list, input{name: name})
			}
			return nil
		})
	}
	return list, err
}
