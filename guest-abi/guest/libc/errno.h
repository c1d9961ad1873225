/* SPDX-License-Identifier: MIT */
/* C library's name for the ABI's error numbers: pure sources are shared with hosted programs. */
#ifndef GUEST_LIBC_ERRNO_H
#define GUEST_LIBC_ERRNO_H

#define EPERM      1
#define ENOENT     2
#define ESRCH      3
#define EIO        5
#define ENXIO      6
#define E2BIG      7
#define EAGAIN     11
#define ENOMEM     12
#define EACCES     13
#define EFAULT     14
#define EBUSY      16
#define EEXIST     17
#define ENODEV     19
#define EINVAL     22
#define ENOSPC     28
#define ENOSYS     38
#define ETIME      62
#define EPROTO     71
#define EOPNOTSUPP 95
#define ETIMEDOUT  110

#endif
