#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# vsockd, with a front end and a guest that are programs of our own.
# shellcheck disable=SC2317 # functions that check and refuses call
. tests/lib.sh

gcc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -o "$T/frontend" tests/lib/vsockd/*.c || exit 2

# serve CASE: vsockd serves a front end, which must hold; the status is vsockd's.
serve() {
	timeout 10 "$BIN/vsockd" --socket "$T/socket" --cid 3 &
	_pid=$!
	timeout 10 "$T/frontend" "$T/socket" "$1" || {
		kill "$_pid"
		return 99
	}
	wait "$_pid"
	_status=$?
	[ ! -e "$T/socket" ] || return 98
	return "$_status"
}

# holds CASE NAME: neither end has a reason to complain.
quiet() {
	serve "$1" && [ ! -s "$T/.err" ]
}

holds() {
	check "$2" quiet "$1"
}

# says PATTERN CASE NAME: the guest does wrong, vsockd says so, and goes on.
says() {
	refuses 0 "^vsockd: $1.*; " "$3" serve "$2"
	is "$(grep -c . "$T/.err")" 1 "and it is reported once"
}

# ends PATTERN CASE NAME: the front end does wrong, vsockd says so, and ends.
ends() {
	refuses 1 "^vsockd: $1" "$3" serve "$2"
}

# ---- streams ---------------------------------------------------------------------
holds echo "600000 bytes come back, within the guest's credit"
holds half_close "the rest comes back after a half close, as credit allows"
holds refused "other ports, types and unknown streams get a reset, other CIDs nothing"
holds bad_packets "packets that can't be right end their stream, and only that"
holds many "256 streams at once, and no more"
holds no_room "a guest that takes no resets waits until it does"
holds messages "messages come back as they were, 64 wait and no more"
holds narrow "port 17 takes a packet in one piece, and ends one in two"
holds wide "port 27 has as much room as the guest, from 256 KiB to 8 MiB"
holds forget "port 37 forgets all connections, and nothing less does"
holds call "a requested call is made, and its outcome is reported"

holds rogue "ports from 1000 on are wrong, each in its way"

# ---- faults of a guest -----------------------------------------------------------
says 'transmit ring: .*\[bad-descriptor\]' chains "descriptors out of memory, loops"
says 'receive ring: .*\[small-buffer\]' small_buffers "buffers too small for a packet"
says 'transmit ring: .*\[bad-descriptor\]' indirect "indirect tables out of memory, loops"
says 'transmit ring: .*\[bad-index\]' bad_index "an index out of range"
says 'transmit ring: .*\[bad-index\]' bad_head "a descriptor that there is not"

# ---- the work of a front end while a guest runs ------------------------------------
holds not_enabled "a ring that is not enabled isn't served"
holds pause_guest "a guest that rests keeps its streams, a new driver has none"
holds new_memory "memory and descriptors can be given anew"
says 'transmit ring: .*\[bad-descriptor\]' plain "a driver that wants no features"
holds config "the configuration is the CID, and nothing beyond"

# ---- faults of a front end ---------------------------------------------------------
ends '.*\[hung-up\]' cut_head "a message's head cut short"
ends '.*\[hung-up\]' cut_payload "a message cut short"
ends 'message 2 .*\[too-long\]' too_long "a message of 2 GiB"
ends 'message 1 .*\[other-version\]' version "another version of the protocol"
ends 'message 21 .*\[not-offered\]' unknown "a message that was not offered"
ends 'message 2147483649 .*\[not-offered\]' unknown_far "a message that there is not"
ends 'message 2 .*\[wrong-size\]' wrong_size "a message of the wrong size"
ends 'message 24 .*\[wrong-size\]' config_size "a configuration of 4 GiB"
ends 'message 2 .*\[not-offered\]' feature "all features"
for case in memory_beyond_file memory_offset_wraps memory_address_wraps; do
	ends 'memory region at .*\[bad-memory\]' $case "$(echo $case | tr _ ' ')"
done
ends 'message 5 .*\[no-descriptor\]' memory_without_fd "memory without a file"
ends 'message 5 .*\[wrong-size\]' memory_too_many "nine memory regions"
ends 'message 5 .*\[wrong-size\]' memory_count "memory regions that are not there"
ends 'message 5 .*\[bad-ring\]' memory_drops_ring "memory that has no place for the rings"
ends 'message 18 .*\[no-ring\]' ring_number "a third ring"
ends 'message 8 .*\[bad-ring\]' ring_size "a ring of 48"
ends 'message 8 .*\[ring-runs\]' ring_resized "another size for a ring that runs"
ends 'message 10 .*\[ring-runs\]' ring_rebased "another base for a ring that runs"
ends 'message 12 .*\[bad-ring\]' ring_outside "a ring that is not in memory"
ends 'message 12 .*\[bad-ring\]' ring_crooked "a ring that is not aligned"
ends 'message 12 .*\[no-descriptor\]' kick_without_fd "a ring without a kick"
ends '.*\[no-descriptor\]' kick_no_eventfd "a kick that is not an eventfd"

# ---- the command line, the socket ----------------------------------------------------
check "--help" "$BIN/vsockd" --help
for args in '' '--cid 3' "--socket $T/s" "--socket $T/s --cid 3 more" '--nonsense'; do
	# shellcheck disable=SC2086 # words are meant to split
	refuses 2 '\[usage\]' "'$args': the usage" "$BIN/vsockd" $args
done
for cid in 2 4294967295 18446744073709551619 3x -1 '' ' 3'; do
	refuses 2 "\[bad-cid\].* '$cid'" "--cid '$cid'" \
		"$BIN/vsockd" --socket "$T/s" --cid "$cid"
done
refuses 2 'no/such: .*\[cannot-listen\]: No such file' "no directory" \
	"$BIN/vsockd" --socket "$T/no/such" --cid 3
refuses 2 '\[cannot-listen\]: .*107' "a path that is too long" \
	"$BIN/vsockd" --socket "$T/$(printf %0100d 0)" --cid 3
echo precious >"$T/file"
refuses 2 'file: .*\[cannot-listen\]: Address already in use' "a file that is not a socket" \
	timeout 5 "$BIN/vsockd" --socket "$T/file" --cid 3
is "$(cat "$T/file")" precious "and that stays"
for signal in TERM KILL; do
	env --default-signal "$BIN/vsockd" --socket "$T/socket" --cid 3 &
	pid=$!
	i=0
	until [ -S "$T/socket" ] || [ $i -ge 500 ]; do
		sleep 0.01
		i=$((i + 1))
	done
	kill -$signal $pid
	wait $pid 2>/dev/null
	[ $signal = KILL ] || check "SIGTERM removes the socket" test ! -e "$T/socket"
done
holds config "a socket that was left behind is replaced"

finish
