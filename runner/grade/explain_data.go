package grade

// dataPatterns are for data that differ in a way that tells what was done to
// them. They come before those of programs that have ended.
var dataPatterns = []pattern{
	{
		name: "upper and lower case", fits: remarks("only upper and lower case differ"),
		seen:     "the right text came from {program}, but upper and lower case differ.",
		probably: "it sends back what it received as it came, or changes only a part of it: every piece that recv returns has to be changed.",
		look:     "which bytes are changed: all that were received, not only the first, and not only up to a fixed length.",
	},
	{
		name: "newline missing", fits: remarks("the newline ("),
		seen:     "the newline at the end of the message from {program} is missing.",
		probably: "it removes the newline when it reads (strip, strtok, getline, Scanner) and does not put it back; or it sends strlen-1 bytes.",
		look:     "what is sent, byte by byte: the newline is a part of the message.",
	},
	{
		name: "newline too much", fits: remarks("a newline ("),
		seen:     "a newline too much came from {program} at the end of the message.",
		probably: "it sends with a function that adds one (println, puts), or adds one to a text that has one already.",
		look:     "the call that sends the answer.",
	},
	{
		name: "line ends", fits: remarks("only the ends of lines differ"),
		seen:     "the text from {program} is right but for the ends of its lines.",
		probably: "it writes \\n where the protocol wants \\r\\n, or the other way round.",
		look:     "the line ends that the assignment asks for, and what your language writes for a new line.",
	},
	{
		name: "white space", fits: remarks("only white space"),
		seen:     "the text from {program} is right but for blanks at its beginning or end.",
		probably: "it cuts white space off (strip, trim, scanf), or adds some.",
		look:     "what is done to the message between recv and send.",
	},
	{
		name: "zero byte at the end", fits: remarks("a NUL byte too much"),
		seen:     "a zero byte too much came from {program} at the end of the message.",
		probably: "it sends strlen + 1 bytes, or sizeof: the zero byte at the end of a C string is no part of the message.",
		look:     "the length that is given to send.",
	},
	{
		name: "whole buffer sent",
		fits: func(s *scene) bool {
			return s.diff != nil && s.diff.At == s.diff.WantLen && s.diff.GotLen > s.diff.WantLen && s.zeros()
		},
		seen:     "the message came from {program}, and many zero bytes behind it: {gotLength} instead of {wantLength}.",
		probably: "it sends the whole buffer (sizeof buf) instead of as many bytes as it received.",
		look:     "the length that is given to send: it is what recv returned.",
	},
	{
		name: "byte order", fits: remarks("the same numbers of"),
		seen:     "the numbers from {program} are right, but their bytes come in the other order.",
		probably: "it sends numbers as they lie in memory. On the network the highest byte comes first.",
		look:     "htons and htonl before sending, ntohs and ntohl after receiving.",
	},
	{
		name: "encoding", fits: remarks("the same text in"),
		seen:     "the right text came from {program}, in another encoding.",
		probably: "it decodes and encodes with different names, or turns bytes into characters one by one.",
		look:     "whether it has to decode at all; where it has to, UTF-8 in both directions.",
	},
	{
		name: "something left in front", fits: remarks("what was wanted comes at byte"),
		seen:     "what was wanted came from {program}, but behind something else.",
		probably: "something of an earlier message was left over, or a greeting or a prompt is sent that nobody asked for.",
		look:     "whether the buffer is used again with what is still in it, and every send in the program.",
	},
	{
		name: "beginning missing", fits: remarks("what came is part of what was wanted"),
		seen:     "what came from {program} is a part of the message: what stands before it is missing.",
		probably: "it overwrites the first piece with the second where a message comes in several pieces, or sends from the wrong place of its buffer.",
		look:     "where recv puts the next piece: behind the last one (buf + n).",
	},
	{
		name: "too much",
		fits: func(s *scene) bool {
			return s.diff != nil && s.diff.WantLen > 0 && s.diff.At == s.diff.WantLen && s.diff.GotLen > s.diff.WantLen
		},
		seen:     "what was wanted came from {program}, and more behind it: {gotLength} instead of {wantLength}.",
		probably: "it sends more bytes than it received (what an earlier, longer message left in the buffer), or sends something twice.",
		look:     "the length that is given to send: it is what recv returned for this message.",
	},
}

// remarks tells whether the comparison of the data came to this conclusion.
func remarks(beginning string) func(*scene) bool {
	return func(s *scene) bool { return s.remark(beginning) }
}

// prefix tells whether what came is the beginning of what was wanted.
func (s *scene) prefix() bool {
	return s.diff != nil && s.diff.GotLen > 0 && s.diff.GotLen < s.diff.WantLen && s.diff.At == s.diff.GotLen
}

// zeros tells whether there are zero bytes behind what was wanted.
func (s *scene) zeros() bool {
	for _, l := range s.diff.Lines() {
		if containsAny(l.Text, "zero bytes too much") {
			return true
		}
	}
	return false
}
