package runner

import (
	"sync"

	"github.com/sockspec/sockspec/runner/process"
	"github.com/sockspec/sockspec/steps"
)

// processes is what a lab has to start the processes of actors.
type processes struct {
	once    sync.Once
	starter *process.Starter
	err     error
}

// ready starts the helper from which processes are started, once.
func (p *processes) ready() (*process.Starter, error) {
	p.once.Do(func() { p.starter, p.err = process.NewStarter() })
	return p.starter, p.err
}

func (p *processes) close() {
	p.once.Do(func() {})
	if p.starter != nil {
		p.starter.Close()
	}
}

// startProcess starts the process of an actor.
func (pl *place) startProcess(network int, setup steps.ProcessSetup) (*steps.Remote, error) {
	starter, err := pl.lab.processes.ready()
	if err != nil {
		return nil, err
	}
	fd := -1
	if net := pl.world.Network(network); net != nil && net.Fd != nil {
		fd = net.Fd()
	}
	a, err := starter.Actor(fd, setup)
	if err != nil {
		return nil, err
	}
	pl.mu.Lock()
	pl.actors = append(pl.actors, a)
	pl.mu.Unlock()
	return a.Remote, nil
}

// endProcesses ends the processes of actors, with all that they have open.
func (pl *place) endProcesses() {
	for _, a := range pl.actors {
		a.End()
	}
}
