#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# macro.sh SAMPLES ROW...: measure rows and print a line of JSON for each; the same in every column. Figures
# are nanoseconds per operation, by the clock of the machine it runs in. In the environment:
#   disk      block device for fio, which is written to
#   server    address of iperf3's server; none: it is started here

samples=$1
shift
work=/tmp/macro
libraries="divide leakcheck perlin" # of Debian's libstb-dev
exec 5<> <(:)

pause() { read -r -t "$1" <&5; }
now() { time=${EPOCHREALTIME/./}; }
fail() {
	echo "micro: $row: $1: $(tail -n 2 $work/out 2>/dev/null | tr '\n' ' ')"
	exit 1
}

# timed COMMAND...: its microseconds, in $took
timed() {
	local begun
	now
	begun=$time
	"$@" >$work/out 2>&1 || fail "$1 ended with status $?"
	now
	took=$((time - begun))
}

# per_operation NANOSECONDS: the figure of this sample, in tenths
per_operation() { figure=$((($1 * 10 + ops / 2) / ops)); }

# number PATTERN: from the last command's output, what the pattern's group matches, without its point
number() {
	value=$(sed -n "s/.*$1.*/\1/p" $work/out | head -n 1)
	[ "$value" ] || fail "no figure in its output"
	value=$((10#${value/./}))
}

# serve PORT COMMAND...: a server for this row alone, when it listens
serve() {
	local port=$1 try
	shift
	"$@" >$work/server 2>&1 &
	for ((try = 0; try < 200; try++)); do
		(: <>/dev/tcp/127.0.0.1/"$port") 2>/dev/null && return
		pause 0.05
	done
	fail "$1 does not listen on port $port"
}

# compile: Debian's gcc makes a program of libraries that are a source file each, and a main file.
compile_prepare() {
	ops=1
	cat >$work/main.c <<-END
		#include <stdio.h>
		#include <stb/stb_perlin.h>
		int main(void)
		{
			printf("%f\n", stb_perlin_noise3(0.1f, 0.2f, 0.3f, 0, 0, 0));
			return 0;
		}
	END
}

compile_all() {
	local library
	for library in $libraries; do
		gcc-12 -O2 -x c -c -DSTB_"${library^^}"_IMPLEMENTATION -o $work/"$library".o \
			/usr/include/stb/stb_"$library".h || return
	done
	gcc-12 -O2 -c -o $work/main.o $work/main.c || return
	gcc-12 -o $work/main $work/*.o -lm
}

compile() {
	timed compile_all
	per_operation $((took * 1000))
}

# sqlite: statements of a shell: transactions of inserts, selects by an index, updates, deletes.
sqlite_prepare() {
	local i
	ops=2000
	{
		echo "create table t (a integer primary key, b integer, c text); create index i on t (b);"
		for ((i = 0; i < ops / 2; i++)); do
			((i % 50)) || echo "begin;"
			echo "insert into t values ($i, $((i * 7919 % 10007)), 'number $i of some');"
			((i % 50 < 49)) || echo "commit;"
		done
		for ((i = 0; i < ops / 4; i++)); do
			echo "select count(*), sum(a) from t where b between $((i * 30)) and $((i * 30 + 200));"
		done
		for ((i = 0; i < ops / 4; i++)); do
			echo "update t set c = c || '.' where a = $((i * 31 % (ops / 2)));"
		done
	} >$work/sql
}

sqlite_run() {
	rm -f $work/db
	sqlite3 $work/db <$work/sql
}

sqlite() {
	timed sqlite_run
	per_operation $((took * 1000))
}

# redis and memcached by loopback, as their own benchmark programs count.
redis_prepare() {
	ops=5000
	serve 6379 redis-server --save "" --appendonly no
}

redis() {
	timed redis-benchmark --csv -t "$1" -n $ops -c 50
	number '"'"${1^^}"'","\([0-9]*\.[0-9][0-9]\)"'
	per_operation $((ops * 100000000000 / value))
}

redis_set_prepare() { redis_prepare; }
redis_set() { redis set; }
redis_get_prepare() { redis_prepare; }
redis_get() { redis get; }

memcached_prepare() {
	ops=4000
	serve 11211 memcached -u root -t 1 -l 127.0.0.1
}

memcached_row() {
	timed memcslap -s 127.0.0.1 -t "$1" -c 4 -e $((ops / 4))
	number "Time to $1  *$ops keys by .*threads: *\([0-9]*\.[0-9][0-9][0-9]\)"
	per_operation $((value * 1000000))
}

memcached_set_prepare() { memcached_prepare; }
memcached_set() { memcached_row set; }
memcached_get_prepare() { memcached_prepare; }
memcached_get() { memcached_row get; }

# fio on a block device, as it says itself; in milliseconds, so that there must be many operations.
fio_prepare() {
	ops=$1
	shift
	options=("$@")
	[ -b "$disk" ] || fail "no block device '$disk'"
}

fio_row() {
	timed fio --name=row --filename="$disk" --size=64M --io_size=1G --direct=1 --thread --randseed=1 \
		--number_ios=$ops --output-format=json "${options[@]}"
	number '"job_runtime" : \([0-9]*\),'
	per_operation $((value * 1000000))
}

fio_read_prepare() { fio_prepare 4000 --ioengine=libaio --iodepth=1 --rw=randread --bs=4k; }
fio_read() { fio_row; }
fio_read_32_prepare() { fio_prepare 8000 --ioengine=libaio --iodepth=32 --iodepth_batch=16 \
	--iodepth_batch_complete_min=16 --rw=randread --bs=4k; }
fio_read_32() { fio_row; }
fio_stream_prepare() { fio_prepare 800 --ioengine=libaio --iodepth=1 --rw=read --bs=128k; }
fio_stream() { fio_row; }
fio_write_sync_prepare() { fio_prepare 2000 --ioengine=psync --rw=randwrite --bs=4k --fsync=1; }
fio_write_sync() { fio_row; }

# iperf3: TCP to the server and from it, per 64 KiB, as it says itself.
iperf_prepare() {
	ops=2048
	[ "$server" ] && return
	server=127.0.0.1
	serve 5201 iperf3 -s -B $server
}

iperf() {
	timed iperf3 -c "$server" -J -n $((ops * 65536)) "$@"
	figure=$(tr -d ',:' <$work/out | awk '/"sum_received"/ { at = 1 } !at { next }
		$1 == "\"seconds\"" { seconds = $2 }
		$1 == "\"bytes\"" { printf "%d", seconds * 1e10 / ($2 / 65536); exit }')
	[ "$figure" ] || fail "no figure in its output"
}

iperf_out_prepare() { iperf_prepare; }
iperf_out() { iperf; }
iperf_in_prepare() { iperf_prepare; }
iperf_in() { iperf -R; }

tenths() { printf '%d.%d' $(($1 / 10)) $(($1 % 10)); }

measure() {
	local all i sorted
	"${row}_prepare"
	all=$ops
	# Fills caches.
	ops=$((all / 8))
	((ops == 0)) || "$row"
	ops=$all
	for ((i = 0; i < samples; i++)); do
		"$row"
		figures+=$figure$'\n'
	done
	sorted=($(sort -n <<<"$figures"))
	printf '{"row": "%s", "ops": %d, "samples": %d, "median": %s, "min": %s, "max": %s}\n' "$row" $ops \
		"$samples" "$(tenths "${sorted[samples / 2]}")" "$(tenths "${sorted[0]}")" \
		"$(tenths "${sorted[-1]}")"
}

mkdir -p $work
for row; do
	rm -f $work/out
	(
		trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
		measure
	)
done
