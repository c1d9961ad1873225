#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# guest.sh pav|xl: in the control domain, run the guest of /bench/config and print its console until its
# program ends. It waits without starting processes, to take as little as it can of the one CPU.

. /bench/console.sh
"$1" create /bench/config >/tmp/created 2>&1 || { cat /tmp/created; exit 1; }
console_follow "$1" bench
