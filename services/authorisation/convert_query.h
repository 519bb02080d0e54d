#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "carecard/v1/admin.pb.h"
#include "common/id.h"
#include "common/result.h"
#include "rules/command.h"

/// From the RPCs' questions to what is looked up. Pure: no state, any thread.
namespace carecard::authorisation {

/// Which account a question means: by name, or by the token of one of its cards.
struct AccountSelector {
    std::optional<rules::AccountName> name;
    std::optional<CardToken> token;
};

/// @return exactly one of the two; `no_such_account` for a name that no account can have,
///         `malformed` for a token that is not of its form, and for a name that is not filled in.
[[nodiscard]] Result<AccountSelector> to_selector(const v1::ReadAccountRequest& request);
[[nodiscard]] Result<AccountSelector> to_selector(const v1::ListTransactionsRequest& request);

/// `not_found`, the same for an account that is not there and one that is another council's.
[[nodiscard]] Fault no_such_account();

/// How many transactions a page has: `page_items_default` when none are asked for.
/// @return `malformed` on field "page_size" for more than `page_items_max`.
[[nodiscard]] Result<std::size_t> page_size(std::uint32_t asked);

/// `malformed`, for a page token that no page of the list ended with.
[[nodiscard]] Fault no_such_page();

/// The sequence below which a page begins. A page token is the sequence that the page before ended
/// with; without one it is the first page.
/// @return at most `as_of` + 1; `malformed` on field "page_token" for any other text.
[[nodiscard]] Result<Sequence> page_start(std::string_view token, Sequence as_of);

}  // namespace carecard::authorisation
