#pragma once

#include <cstdio>
#include <cstdlib>

/// Aborts the process when `condition` is false. Never compiled out, in any build type.
///
/// For programmers' mistakes and broken invariants only; input is never validated with it.
/// After a failed CHECK the process restarts and rebuilds its state from the journal, the one
/// recovery path the system has.
#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition)) [[unlikely]] {                                                       \
            std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                      \
        }                                                                                      \
    } while (false)
