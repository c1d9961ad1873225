// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/conview.h"

enum { ANSWER_S = 5 };

int conview_connect(const struct conview_hello *hello, uint32_t *index)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = CONVIEW_SOCKET};
	struct timeval patience = {.tv_sec = ANSWER_S};
	struct conview_head head;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), rc;
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		rc = -errno;
		close(fd);
		return rc;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	n = send(fd, hello, sizeof(*hello), MSG_NOSIGNAL) < 0 ? 0
							      : recv(fd, &head, sizeof(head), 0);
	if (n != sizeof(head)) {
		/* The daemon does not serve the guest yet, or is just ending. */
		close(fd);
		return -EAGAIN;
	}
	*index = head.index;
	return fd;
}
