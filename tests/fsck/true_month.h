#pragma once

#include "tests/fsck/planted.h"

/// Journals that are as the rules decided, for lies to be told about.
namespace carecard::fsck {

/// Two days of a council with every kind of money event, a batch closed, and staff at work.
[[nodiscard]] Events month();

/// The month, and a life after a restore that lost two batches.
[[nodiscard]] Events two_lives();

}  // namespace carecard::fsck
