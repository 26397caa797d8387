#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# mirror.pl DIR: an HTTP server on loopback that behaves badly, for one minute. It prints its
# port; DIR/calls has a line for each request. The first part of a URL says how:
#   /drop/FILE     a tenth of DIR/FILE, then the connection ends; knows ranges
#   /deaf/FILE     the same, but ranges are ignored
#   /cut/FILE      a tenth without a length, as if that were all; knows ranges
#   /stuck/FILE    the first tenth once, and then nothing more
#   /endless/FILE  zeros without a length and without an end
#   /huge/FILE     the same, after a length of a TiB
use strict;
use warnings;
use IO::Socket::INET;

my ($dir) = @ARGV;
my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die;
$| = 1;
print $server->sockport, "\n";
close STDOUT;
$SIG{PIPE} = 'IGNORE';
alarm 60;
open my $calls, '>>', "$dir/calls" or die;
$calls->autoflush;

sub part {
	my ($c, $how, $file, $from) = @_;
	local $/;
	open my $in, '<', "$dir/$file" or return print $c "HTTP/1.1 404 None\r\n\r\n";
	my $data = <$in>;
	my ($all, $tenth) = (length $data, int(length($data) / 10) + 1);
	$from = 0 if $how eq 'deaf';
	return print $c "HTTP/1.1 416 None\r\nContent-Length: 0\r\n\r\n" if $from >= $all;
	my $left = $all - $from;
	print $c $from ? "HTTP/1.1 206 Part\r\nContent-Range: bytes $from-" . ($all - 1) . "/$all\r\n"
		: "HTTP/1.1 200 OK\r\n";
	print $c "Content-Length: $left\r\n" if $how ne 'cut';
	print $c "Connection: close\r\n\r\n";
	print $c substr($data, $from, $tenth) unless $how eq 'stuck' && $from;
}

while (my $c = $server->accept) {
	my ($request, $from) = (scalar <$c>, 0);
	while (defined(my $line = <$c>)) {
		last if $line =~ /^\r?\n/;
		$from = $1 if $line =~ /^range: bytes=(\d+)-/i;
	}
	my ($how, $file) = $request =~ m{^GET /(\w+)/(?:v\d+\.x/)?([\w.-]+) } or next;
	print $calls "$how $file $from\n";
	if ($how eq 'endless' || $how eq 'huge') {
		print $c "HTTP/1.1 200 OK\r\n", $how eq 'huge' ? "Content-Length: 1099511627776\r\n" : '', "\r\n";
		1 while print $c "\0" x 65536;
	} else {
		part($c, $how, $file, $from);
	}
	close $c;
}
