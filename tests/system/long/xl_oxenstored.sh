#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 3600
#
# What xl_verbs.sh does, over the other store daemon that Debian ships.

STORED=oxenstored exec tests/system/long/xl_verbs.sh
