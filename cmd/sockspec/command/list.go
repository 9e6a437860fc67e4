package command

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/grade"
	"github.com/sockspec/sockspec/steps"
)

func (s *session) listCommand() *cobra.Command {
	var sel selection
	var format string
	cmd := &cobra.Command{
		Use:   "list [flags] [PATH…]",
		Short: "shows what would run: names, tags, and what each is about",
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.list(&sel, args, format)
		},
		ValidArgsFunction: completePaths,
	}
	cmd.Flags().SortFlags = false
	sel.add(cmd.Flags())
	cmd.Flags().StringVar(&format, "report", "text", "`FORMAT`: text, or json (an object a line)")
	return cmd
}

func (s *session) list(sel *selection, paths []string, format string) error {
	if err := checkFormat(format, formats); err != nil {
		return err
	}
	vars, err := sel.parse()
	if err != nil {
		return err
	}
	inputs, err := s.inputs(paths)
	if err != nil {
		return err
	}
	list, err := s.load(inputs, loading{vars: vars, submission: grade.Placeholder})
	if err != nil {
		return s.mistakes(err, "auto", "")
	}
	plans, err := sel.pick(list)
	if err != nil {
		return err
	}
	if format == "json" {
		return s.listJSON(plans)
	}
	s.listText(plans)
	return nil
}

// listed is one line of `list --report json`.
type listed struct {
	Name  string   `json:"name"`
	About string   `json:"about,omitempty"`
	Tags  []string `json:"tags"`
	File  string   `json:"file"`
	Line  int      `json:"line"`
	Col   int      `json:"col"`
}

func (s *session) listJSON(plans []*runner.Plan) error {
	enc := json.NewEncoder(s.stdout)
	enc.SetEscapeHTML(false)
	for _, p := range plans {
		l := listed{p.Spec.Name, p.Spec.About, p.Spec.Tags, p.Spec.Pos.File, p.Spec.Pos.Line, p.Spec.Pos.Col}
		if l.Tags == nil {
			l.Tags = []string{}
		}
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) listText(plans []*runner.Plan) {
	several, file := grouped(plans), ""
	for _, p := range plans {
		if several && p.Spec.Pos.File != file {
			if file != "" {
				fmt.Fprintln(s.stdout)
			}
			file = p.Spec.Pos.File
			fmt.Fprintln(s.stdout, steps.Printable(file))
		}
		indent := ""
		if several {
			indent = "  "
		}
		line := indent + steps.Printable(p.Spec.Name)
		if len(p.Spec.Tags) > 0 {
			line += "  [" + steps.Printable(strings.Join(p.Spec.Tags, ", ")) + "]"
		}
		fmt.Fprintln(s.stdout, line)
		if about := strings.Join(strings.Fields(p.Spec.About), " "); about != "" {
			fmt.Fprintln(s.stdout, filled(steps.Printable(about), indent+"    "))
		}
	}
}
