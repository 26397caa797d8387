# SPDX-License-Identifier: GPL-2.0-only
#
# Reads one patch as git format-patch writes it, and refuses all else. With emit=1 it
# prints the diff alone, so that patch(1) sees no byte that was not checked here and
# finds no second diff in the text of the mail.
#
# at: head (of the mail), text, stat (below ---), file (a git diff's own header), hunk,
# end (below the signature)
function finding(n, code, why) {
	why = "tree: " FILENAME ":" n ": " why " [" code "]"
	gsub(/[^ -~]/, "?", why) # a terminal must not act on a patch
	print why >"/dev/stderr"
	failed = 1
}
function bad(code, why) { finding(FNR, code, why); stopped = 1; exit }
function inside(p) {
	if (p !~ /^[A-Za-z0-9_.+,:@%=~\/-]+$/ || ("/" p "/") ~ /\/(\.|\.\.|\.git)?\//)
		bad("path-outside", "\"" p "\" is not a plain path inside the tree")
}
function side(p, git, prefix) {
	if (p == "/dev/null") return
	if (p != git || substr(p, 1, 2) != prefix)
		bad("path-differs", "\"" p "\" is not the " prefix " file of its git diff")
	inside(substr(p, 3))
}
function lines(range,   part) { return split(range, part, ",") > 1 ? part[2] : 1 }
function upstream(s) {
	if (s ~ /^accepted in [0-9][0-9.]*, commit [0-9a-f]+$/) return length($NF) == 40
	return s ~ /^submitted https?:\/\/[^ ]+$/ || s ~ /^not suitable, [^ ]/
}
BEGIN { at = "head" }
# Lines of a file may end in CR LF, and then those of its hunks do; what git itself writes does not.
FNR == 1 && /^\357\273\277/ { unreadable = 1; bad("bom", "begins with a byte order mark; remove it") }
/\r$/ && !(at == "hunk" && (old > 0 || new > 0)) {
	unreadable = 1
	bad("crlf", "the line ends in CR LF; have git, mailer and editor leave line ends alone")
}
at == "head" {
	if (/^From: [^ ].* <[^<>@ ]+@[^<>@ ]+>$/) author = 1
	else if (/^Date: [^ ]/) date = 1
	else if (/^Subject: [^ ]/) subject = 1
	else if (/^Content-Transfer-Encoding:/ && $2 !~ /^[78][Bb][Ii][Tt]$/)
		bad("encoding", "a mail in " $2 "; make it 8bit")
	else if (/^$/) at = "text"
	else if (!/^([A-Za-z-]+:|[ \t])/ && !(FNR == 1 && /^From /))
		bad("not-a-mail", "not a mail header; use git format-patch")
	next
}
at == "text" && /^---$/ { at = "stat" }
at == "text" && /^Signed-off-by: [^ ].* <[^<>@ ]+@[^<>@ ]+>$/ { signed = 1 }
at == "text" && /^Upstream:/ && ++status_lines && !upstream(substr($0, 11)) {
	bad("bad-upstream", "not \"Upstream: accepted in VERSION, commit ID\", \"submitted LINK\" or " \
	    "\"not suitable, WHY\"")
}
at == "end" && /^(diff |From |--- |@@ )/ { bad("second-patch", "more after the end of the patch; one patch a file") }
at == "hunk" && (old > 0 || new > 0) && !/^\\ / {
	if (!/^([-+ ]|$)/) bad("short-hunk", "the hunk above ends too early")
	old -= !/^\+/
	new -= !/^-/
	if (old < 0 || new < 0) bad("long-hunk", "the hunk has more lines than it says")
	if (emit) print
	next
}
(at == "file" || at == "hunk") && /^(-- ?)?$/ { at = "end" }
at != "end" && /^diff --git / {
	at = "file"
	diffs++
	names = ""
	if (NF != 4) bad("not-a-git-diff", "not a plain \"diff --git a/PATH b/PATH\"")
	side($3, git_a = $3, "a/")
	side($4, git_b = $4, "b/")
}
at == "file" && /^@@ -[0-9]+(,[0-9]+)? \+[0-9]+(,[0-9]+)? @@/ && names == "-+" { at = "hunk" }
at == "hunk" && /^@@ / { old = lines(substr($2, 2)); new = lines(substr($3, 2)) }
at == "file" && /^--- / { side($2, git_a, "a/"); names = "-" }
at == "file" && /^\+\+\+ / { side($2, git_b, "b/"); names = names "+" }
at == "file" && /^(rename|copy) / { inside($3) }
at == "file" && /^new (file )?mode / && $NF !~ /^100(644|755)$/ {
	bad("mode", "mode " $NF "; only 100644 and 100755 are allowed")
}
at == "file" && !/^(diff|index|old|new|deleted|similarity|dissimilarity|rename|copy|---|\+\+\+) / ||
at == "hunk" && !/^(@@|\\) / || (at == "text" || at == "stat") && /^(---|\+\+\+|@@) / {
	bad("not-a-git-diff", "not a line of a text diff as git writes it")
}
emit && (at == "file" || at == "hunk") { print }
END {
	if (unreadable) exit 1
	if (!stopped && (old > 0 || new > 0)) finding(FNR, "short-hunk", "the last hunk is cut short")
	if (!stopped && !diffs) finding(1, "no-diff", "no diff in it")
	if (!author) finding(1, "no-author", "no \"From: Name <mail>\" in the header")
	if (!date) finding(1, "no-date", "no \"Date:\" in the header")
	if (!subject) finding(1, "no-subject", "no \"Subject:\" in the header")
	if (!stopped && !signed)
		finding(1, "no-sign-off", "no \"Signed-off-by: Name <mail>\" above the ---")
	if (!stopped && status_lines != 1)
		finding(1, "no-upstream", "not one \"Upstream:\" above the ---; see docs/patches.md")
	exit failed
}
