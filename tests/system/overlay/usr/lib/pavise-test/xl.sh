# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by commands that use xl, in the control domain:
#   xl VERB...    end unless it ends with status 0 and no word from libxl of an error; output: /tmp/out

xl() {
	command xl "$@" >/tmp/out 2>&1 && ! grep -q 'libxl: error\|xc: error' /tmp/out && return
	echo "FAILED: xl $*"
	cat /tmp/out
	exit 1
}
