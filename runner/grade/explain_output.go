package grade

import "strings"

// outputPatterns are for what a program prints, reads and returns.
var outputPatterns = []pattern{
	{
		name: "prints nothing", fits: func(s *scene) bool { return s.timedOut && s.verb("stdout", "stderr") },
		probably: "it prints nothing, or holds it back: where the output is no terminal, most languages keep it in a buffer until that is full or the program ends.",
		look:     "fflush(stdout) after printing, or setvbuf(stdout, NULL, _IOLBF, 0) at the start; in Python print(…, flush=True).",
	},
	{
		name: "prints something else", fits: func(s *scene) bool { return s.verb("stdout", "stderr") && len(s.f.Mismatches) > 0 },
		seen:     "{program} printed something else than was wanted.",
		probably: "the text differs from the assignment's, or there is a message too much: a prompt, a greeting, something for debugging.",
		look:     "everything that it prints; messages for yourself belong on standard error.",
	},
	{
		name: "does not end", fits: func(s *scene) bool { return s.timedOut && s.verb("wait") },
		probably: "it goes on waiting: for another client, for the end of a connection, for a child or a thread; or it catches the signal that was to end it and goes on.",
		look:     "what ends its main loop; where a signal should, whether accept and recv come back after it (EINTR, SA_RESTART).",
	},
	{
		name: "wrong exit status", fits: func(s *scene) bool { return s.verb("wait") && hasKey(s, "exit", "signal") },
		seen:     "{program} ended in another way than was wanted.",
		probably: "main returns something else, or a signal ended the program before it could.",
		look:     "what main returns on each way out; 0 means that all went well.",
	},
	{
		name: "printed in all", fits: func(s *scene) bool { return s.verb("wait") && hasKey(s, "stdout", "stderr") },
		seen:     "what {program} printed until its end is something else than was wanted.",
		probably: "the text differs from the assignment's, or there is a message too much or too few.",
		look:     "everything that it prints, the newlines too.",
	},
	{
		name: "does not read its input", fits: func(s *scene) bool { return s.verb("stdin") && s.timedOut },
		probably: "it does not read its standard input, or has stopped reading before its end.",
		look:     "the loop that reads the input: it ends at the end of file, not before.",
	},
	{
		name: "closed its input", fits: func(s *scene) bool { return s.verb("stdin") && s.errno == "EPIPE" },
		seen:     "{program} had closed its standard input, or had ended, when more was written to it.",
		probably: "it stops reading too early.",
		look:     "the loop that reads the input: it ends at the end of file, not before.",
	},
}

// otherPatterns are for what is left.
var otherPatterns = []pattern{
	{
		name: "time of the scenario", fits: func(s *scene) bool { return strings.HasPrefix(s.f.What, "the scenario was not done after") },
		seen:     "{what}.",
		probably: "both sides wait for each other, or {program} is much slower than it should be.",
		look:     "what it waits for, and whether it does something long for each byte or each client.",
	},
	{
		name: "order", fits: func(s *scene) bool { return s.f.Order != nil || s.f.Outcomes != nil },
		seen:     "things happened in another order than the assignment asks for: {what}.",
		probably: "{program} answers or closes too early or too late.",
		look:     "what it does first, and what it waits for before.",
	},
	{
		name: "cannot come any more", fits: func(s *scene) bool { return containsAny(s.f.What, "which can no longer come", "has no value") },
		seen:     "{step} could not go on: {what}.",
		probably: "something that {program} had to do before has not happened.",
		look:     "the step that is named, and why it did not come about.",
	},
}

// hasKey tells whether one of these results differs.
func hasKey(s *scene, keys ...string) bool {
	for _, m := range s.f.Mismatches {
		for _, k := range keys {
			if m.Key == k {
				return true
			}
		}
	}
	return false
}

// containsAny tells whether one of the words is in a text.
func containsAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
