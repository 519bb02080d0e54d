#include "services/authorisation/convert_query.h"

#include <algorithm>
#include <charconv>

#include "common/limits.h"
#include "common/pan_token.h"

namespace carecard::authorisation {
namespace {

Fault missing(std::string field) {
    return {.kind = FaultKind::malformed,
            .field = std::move(field),
            .detail = "is missing",
            .remedy = "fill it in"};
}

Result<AccountSelector> by_name(const v1::AccountName& name) {
    if (name.programme().empty()) return missing("account.programme");
    if (name.reference().empty()) return missing("account.reference");
    const auto programme = ProgrammeCode::from(name.programme());
    const auto reference = AccountReference::from(name.reference());
    if (!programme || !reference) return no_such_account();
    return AccountSelector{.name = rules::AccountName{*programme, *reference}, .token = {}};
}

}  // namespace

Fault no_such_account() {
    return {.kind = FaultKind::not_found,
            .field = "account",
            .detail = "no account has this name or card",
            .remedy =
                "check the programme and the reference; accounts of other councils cannot be "
                "seen"};
}

Result<AccountSelector> to_selector(const v1::ReadAccountRequest& request) {
    if (!request.has_card_token()) return by_name(request.account());
    const Result<CardToken> token = parse_card_token(request.card_token());
    if (!token) return token.fault();
    return AccountSelector{.name = {}, .token = *token};
}

Result<AccountSelector> to_selector(const v1::ListTransactionsRequest& request) {
    return by_name(request.account());
}

Result<std::size_t> page_size(std::uint32_t asked) {
    if (asked == 0) return std::size_t{page_items_default};
    if (asked > page_items_max) {
        return Fault{.kind = FaultKind::malformed,
                     .field = "page_size",
                     .detail = "is more than a page may have",
                     .remedy = "ask for at most 500 and follow next_page_token"};
    }
    return std::size_t{asked};
}

Fault no_such_page() {
    return {.kind = FaultKind::malformed,
            .field = "page_token",
            .detail = "is not a token of this list",
            .remedy = "use next_page_token of the page before, or leave it out"};
}

Result<Sequence> page_start(std::string_view token, Sequence as_of) {
    if (token.empty()) return Sequence{as_of.value + 1};
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
    if (error != std::errc{} || end != token.data() + token.size() || value == 0) {
        return no_such_page();
    }
    return Sequence{std::min(value, as_of.value + 1)};
}

}  // namespace carecard::authorisation
