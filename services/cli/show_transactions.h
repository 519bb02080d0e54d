#pragma once

#include <string>

#include "carecard/v1/admin.pb.h"

namespace carecard::cli {

/// What an entry of an account's list says beyond its columns, in plain words, joined with "; ":
/// why it was declined, what became of its amount, names that staff gave, and last what staff must
/// look at. Empty when there is nothing to say. Where an exception asks for a dispute it ends with
/// the command that opens it, ready for a shell but for its --reason.
///
/// @param account  whose list it is, by the name that it was asked for.
[[nodiscard]] std::string remark_of(const v1::Transaction& entry, const v1::AccountName& account);

/// A page of the list as a table, the newest first, with a title; empty when nothing is on it.
[[nodiscard]] std::string table_of(const v1::ListTransactionsResponse& list,
                                   const v1::AccountName& account);

}  // namespace carecard::cli
