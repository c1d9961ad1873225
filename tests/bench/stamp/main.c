/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An init that says when it began, as the CPU's time stamp, and switches the machine off. With
 * QEMU's `-icount` that is the number of instructions since the machine was switched on, so it
 * tells what the way from there to the control domain's first program costs on any hypervisor, or
 * none.
 */
#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>
#include <x86intrin.h>

#include "tests/bench/mark.h"

int main(void)
{
	unsigned long long stamp = __rdtsc();

	mark_end(0);
	printf("\nstamp: %llu\n", stamp);
	fflush(stdout);
	/* The kernel drops what its console has not sent yet. */
	sleep(1);
	reboot(RB_POWER_OFF);
	return 1;
}
