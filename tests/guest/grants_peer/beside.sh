# SPDX-License-Identifier: GPL-2.0-or-later
# The second guest; each is told of the other.
until lender=$(pav domid "$1"); do sleep 0.1; done
cat >/tmp/guest-tests/peer.cfg <<END
name = "$1-peer"
kernel = "/srv/guest-tests/grants_peer/kernel"
memory = 16
vcpus = 2
extra = "peer=$lender"
END
pav create /tmp/guest-tests/peer.cfg
xenstore-write "/local/domain/$lender/data/peer" "$(pav domid "$1-peer")"
