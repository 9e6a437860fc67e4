package runner

import "github.com/sockspec/sockspec/steps"

// startProgram starts a program under test.
func (pl *place) startProgram(network int, setup steps.ProgramSetup) (steps.Program, error) {
	starter, err := pl.lab.processes.ready()
	if err != nil {
		return nil, err
	}
	fd := -1
	if net := pl.world.Network(network); net != nil && net.Fd != nil {
		fd = net.Fd()
	}
	if err := pl.strange(&setup); err != nil {
		return nil, err
	}
	pl.world.Taint() // nobody knows what it does there
	pl.mu.Lock()
	if pl.programs == nil {
		pl.programs = starter.Programs()
	}
	programs := pl.programs
	pl.mu.Unlock()
	p, err := programs.Start(fd, setup)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// endPrograms kills the programs under test, with all that they have started.
func (pl *place) endPrograms() {
	if pl.programs != nil {
		pl.programs.End()
	}
}
