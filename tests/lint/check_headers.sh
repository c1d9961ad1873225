#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every header must compile alone. Arguments: directory of the generated headers.
set -u
inc=$1
bad=0
for h in $(git ls-files -co --exclude-standard 'hypervisor/include/*.h' 'hypervisor/*/*.h' \
	'hypervisor/arch/x86/include/asm/*.h' 'guest-abi/*.h' 'pv-drivers/*.h' 'dom0-tools/*.h'); do
	case $h in
	hypervisor/arch/host/*) continue ;;
	hypervisor/*) flags="-ffreestanding -Ihypervisor/include -Ihypervisor/arch/x86/include
		-Ihypervisor -I$inc/../hypervisor/include" ;;
	*) flags="-D_GNU_SOURCE -Idom0-tools" ;;
	esac
	printf '#include "%s"\n' "$h" |
		${CC:-gcc} -std=gnu11 -fsyntax-only -Wall -Wextra -Werror -I. -I"$inc" $flags -xc - ||
		{ echo "$h: does not compile alone"; bad=1; }
done
exit $bad
