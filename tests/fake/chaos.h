/*
 * chaos - a story made of bytes: datagrams, a clock that is set, calls that
 * fail, a disk that fills, people who rename, delete and truncate the files;
 * and at its end the reckoning.
 *
 * Whatever happens, when all is well again every datagram that was received is
 * in the files, once, whole and in order, and those that were not are counted
 * there.  Only what people delete is gone.
 */
#ifndef TESTS_CHAOS_H
#define TESTS_CHAOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHAOS_WHY_MAX 4096

/*
 * Plays the story of @len bytes at @bytes; world_take_memory() came before.
 * False, with what is wrong in @why, if the reckoning doesn't come out.
 */
bool chaos_play(const uint8_t *bytes, size_t len, char why[CHAOS_WHY_MAX]);

#endif
