#pragma once

#include "carecard/v1/admin.pb.h"
#include "common/result.h"
#include "tests/scenarios/phrases.h"

namespace carecard::scenarios {

/// Takes what a purse is for out of `phrases`: "template voucher", "only at 8220", "for these
/// alone", "on register colleges", "no cash", "in stages", "£17.50 an hour", "no new money from
/// 2026-07-01", "from 2026-04-01", "until 2026-07-31", "Monday to Friday".
///
/// @return `malformed`, without a place, for what is no amount of money.
[[nodiscard]] Result<Done> read_terms(Phrases& phrases, v1::NewPurse& purse);

}  // namespace carecard::scenarios
