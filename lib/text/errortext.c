/* errortext - what an errno means, in words; see errortext.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrordesc_np() */
#endif
#include "errortext.h"

#include <string.h>

/* Other libcs have the words at hand. */
const char *errortext(int error)
{
	const char *text = NULL;

#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 32)
	text = strerrordesc_np(error);
#endif
#endif
	return text ? text : strerror(error);
}
