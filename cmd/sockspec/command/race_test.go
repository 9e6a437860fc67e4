//go:build race

package command

// raceDetector tells that this binary has it: a call costs several times as much.
const raceDetector = true
