/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Is this feature bit set? */
int has_feature(unsigned int bit)
{
	struct version_feature_info info = {.submap_idx = 0};

	return !xenver_get_features(&info) && info.submap >> bit & 1;
}
