#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 300
#
# pav-tls between two processes of this machine: bytes both ways, messages and status as the far command gave them, also
# when that one stops to read, is killed or goes on without its caller; and who has no good certificate is refused, with
# the reason, before anything is run. Moves of a guest by it: long/migrate_two.sh.

. tests/system/lib

make -s "BUILD=$BUILD" "$BUILD/tools/pav-tls"
tls=$BUILD/tools/pav-tls
port=$((20000 + $$ % 20000))

# certificate DIR AUTHORITY NAMES
certificate() {
	mkdir "$tmp/$1"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -addext "subjectAltName=$3" \
		-keyout "$tmp/$1/key.pem" -out "$tmp/request" 2>/dev/null
	openssl x509 -req -in "$tmp/request" -CA "$tmp/$2.pem" -CAkey "$tmp/$2.key" -copy_extensions copy \
		-out "$tmp/$1/cert.pem" ${4-} 2>/dev/null
	cp "$tmp/ours.pem" "$tmp/$1/ca.pem"
}

for authority in ours other; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$authority" \
		-keyout "$tmp/$authority.key" -out "$tmp/$authority.pem" 2>/dev/null
done
certificate here ours DNS:localhost,IP:127.0.0.1
certificate there ours DNS:localhost,IP:127.0.0.1
certificate elsewhere ours DNS:elsewhere.example
certificate stranger other DNS:localhost,IP:127.0.0.1
certificate old ours DNS:localhost,IP:127.0.0.1 "-days -1"

# listen DIR COMMAND: until the next one
listener=
trap 'kill $listener 2>/dev/null || true; rm -rf "$tmp"' EXIT
listen() {
	[ -z "$listener" ] || kill $listener
	port=$((port + 1))
	"$tls" --listen --foreground --dir "$tmp/$1" --address 127.0.0.1:$port --command "$2" 2>>"$tmp/log" &
	listener=$!
	for try in $(seq 100); do
		grep -q ":$(printf %04X $port) 00000000:0000 0A" /proc/net/tcp && return
		sleep 0.1
	done
	cat "$tmp/log"
	exit 1
}

# call DIR: what is said to be wrong, and the status
call() {
	status=0
	timeout 60 "$tls" --dir "$tmp/$1" ${2-127.0.0.1}:$port </dev/null >"$tmp/out" 2>"$tmp/err" || status=$?
}

# refused WHAT WORDS
refused() {
	expect "$1: status" 255 $status
	expect "$1" 1 "$(grep -c "$2" "$tmp/err")"
}

head -c 20000000 /dev/urandom >"$tmp/bytes"
listen there 'cat; echo said >&2; exit 7'
status=0
timeout 60 "$tls" --dir "$tmp/here" localhost:$port some words <"$tmp/bytes" >"$tmp/out" 2>"$tmp/err" || status=$?
expect "status of the command" 7 $status
expect "bytes there and back" "$(md5sum <"$tmp/bytes")" "$(md5sum <"$tmp/out")"
expect "messages" said "$(cat "$tmp/err")"
expect "who called is told" 1 "$(grep -c "127.0.0.1: .* for CN=here" "$tmp/log")"

callers=
for try in 1 2 3 4 5 6; do
	timeout 60 "$tls" --dir "$tmp/here" 127.0.0.1:$port <"$tmp/bytes" 2>/dev/null | md5sum >"$tmp/sum.$try" &
	callers="$callers $!"
done
wait $callers
expect "six at a time" 1 "$(cat "$tmp"/sum.* | sort -u | wc -l)"

call stranger
refused "another authority here" "Certificate is required"
call old
refused "a certificate of the past" "lost: .*[Cc]ertificate"
reason='has no certificate of the authority\|not accepted.*expired'
for try in $(seq 50); do
	[ "$(grep -c "$reason" "$tmp/log")" = 2 ] && break
	sleep 0.1
done
expect "refused before anything is run" 0 "$(grep -c "for CN=stranger\|for CN=old" "$tmp/log")"
expect "why, in the log" 2 "$(grep -c "$reason" "$tmp/log")"
call nobody
refused "no certificate" "nobody/ca.pem: No such file"
cp -r "$tmp/here" "$tmp/mixed" && cp "$tmp/there/key.pem" "$tmp/mixed"
call mixed
refused "another's key" "mixed/cert.pem with .*mixed/key.pem"
call here "[::1]"
refused "nobody listens" "cannot reach ::1 port $port: Connection refused"

listen elsewhere 'cat'
call here
refused "not the machine that was called" "127.0.0.1 port $port: .*not accepted.*does not match"

# Who does not read holds up nobody for ever; who is killed has a status.
listen there 'exec <&-; sleep 1; kill -9 $$'
status=0
timeout 60 "$tls" --dir "$tmp/here" localhost:$port <"$tmp/bytes" || status=$?
expect "killed" 137 $status

# A command whose caller is killed hears its input end, and goes on.
listen there "cat >/dev/null; echo went on >$tmp/after"
sleep 60 | "$tls" --dir "$tmp/here" localhost:$port &
for try in $(seq 100); do
	[ "$(grep -c 'went on' "$tmp/log")" = 1 ] && break
	sleep 0.1
done
kill -9 $(pgrep -f "pav-tls --dir $tmp/here localhost:$port")
for try in $(seq 100); do
	[ -s "$tmp/after" ] && break
	sleep 0.1
done
expect "after its caller" "went on" "$(cat "$tmp/after")"
kill $(pgrep -P $$ -x sleep) 2>/dev/null || true
