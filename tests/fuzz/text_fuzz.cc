// Any text as each of the small forms that people, files, certificates and callers write. What is
// accepted is what is written for it again; what is refused is refused helpfully. The first byte
// chooses the form.

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/check.h"
#include "common/money.h"
#include "common/secret_text.h"
#include "common/sha256.h"
#include "rules/mcc_groups.h"
#include "services/cli/card_number.h"
#include "services/cli/csv_reader.h"
#include "services/cli/spending_options.h"
#include "services/cli/utf8.h"
#include "services/cli/words.h"
#include "services/rpc/currency.h"
#include "services/rpc/identity.h"
#include "services/rpc/text.h"
#include "services/settlement/page.h"
#include "tests/fuzz/input.h"

namespace carecard {
namespace {

constexpr CurrencyCode sterling{826};

/// What comes before the next `end`, which is taken off `rest` with it.
std::string_view next_part(std::string_view& rest, char end) {
    const std::size_t size = std::min(rest.find(end), rest.size());
    const std::string_view part = rest.substr(0, size);
    rest.remove_prefix(std::min(size + 1, rest.size()));
    return part;
}

/// A form of one spelling.
template <class T, class Write>
void one_spelling(const Result<T>& value, std::string_view text, const Write& write) {
    if (value) {
        CHECK(write(*value) == text);
    } else {
        fuzz::check_helpful(value.fault());
    }
}

void fuzz_identity(std::string_view text) {
    one_spelling(rpc::parse_identity(text), text,
                 [](const rpc::Identity& identity) { return rpc::to_uri(identity); });
}

void fuzz_authorisation_id(std::string_view text) {
    one_spelling(rpc::parse_authorisation_id(text, "id"), text,
                 [](const AuthorisationId& id) { return rpc::to_text(id); });
}

void fuzz_day(std::string_view text) {
    one_spelling(rpc::parse_day(text, "day"), text,
                 [](DayNumber day) { return rpc::to_text(day); });
}

void fuzz_expiry(std::string_view text) {
    one_spelling(rpc::parse_expiry(text, "expiry"), text,
                 [](ExpiryMonth month) { return rpc::to_text(month); });
    one_spelling(rpc::parse_network_expiry(text, "expiry"), text, [](ExpiryMonth month) {
        const std::string written = rpc::to_text(month);
        return written.substr(2, 2) + written.substr(5, 2);
    });
}

/// Not of one spelling: a successor's letters stand for a number that two currencies had.
void fuzz_currency(std::string_view text) {
    const Result<CurrencyCode> code = rpc::parse_currency(text, "currency");
    if (!code) {
        fuzz::check_helpful(code.fault());
        return;
    }
    const Result<CurrencyCode> again = rpc::parse_currency(rpc::to_text(*code), "currency");
    CHECK(again && *again == *code);
}

void fuzz_timestamp(std::string_view text) {
    const Result<TimestampNs> at = rpc::parse_timestamp(text, "at");
    if (!at) {
        fuzz::check_helpful(at.fault());
        return;
    }
    const Result<TimestampNs> again = rpc::parse_timestamp(rpc::to_text(*at), "at");
    CHECK(again && *again == *at);
}

void fuzz_amount(std::string_view text) {
    for (const rpc::Currency& currency : rpc::currencies()) {
        const Result<AmountMinor> amount = rpc::parse_amount(text, currency.code, "amount");
        if (!amount) {
            fuzz::check_helpful(amount.fault());
            continue;
        }
        CHECK(amount->value <= amount_minor_max.value && amount->value >= -amount_minor_max.value);
        const Result<AmountMinor> again =
            rpc::parse_amount(rpc::amount_text(*amount, currency.code), currency.code, "amount");
        CHECK(again && *again == *amount);
        CHECK(!rpc::money_text(*amount, currency.code).empty());
    }
}

void fuzz_key(std::string_view text) {
    const std::optional<Secret> key = secret_from_hex(text);
    if (!key) return;
    const std::string digits = to_hex(key->bytes());
    CHECK(text.starts_with(digits));
    CHECK(text.find_first_not_of("\r\n", digits.size()) == text.npos);
}

void fuzz_card_number(std::string_view text) {
    if (!cli::is_card_number(text)) return;
    CHECK(contains_pan(text));
    const Secret key(32);
    CHECK(!contains_pan(cli::token_of(key, text)));
}

using Codes = std::bitset<rules::mcc_count>;

Codes codes_of(const rules::MccRanges& ranges) {
    Codes codes;
    for (const rules::MccRange& range : ranges) {
        for (std::size_t code = range.first.value; code <= range.last.value; ++code) {
            codes.set(code);
        }
    }
    return codes;
}

/// A list of codes, ranges and groups separated by commas.
void fuzz_mccs(std::string_view text) {
    std::vector<std::string_view> items;
    while (!text.empty()) {
        items.push_back(next_part(text, ','));
    }
    const Result<rules::MccRanges> ranges = rules::parse_mcc_list(items, "mcc_allowed");
    if (!ranges) {
        fuzz::check_helpful(ranges.fault());
        return;
    }
    const std::vector<std::string> written = rules::mcc_list_text(*ranges);
    const std::vector<std::string_view> views(written.begin(), written.end());
    const Result<rules::MccRanges> again = rules::parse_mcc_list(views, "mcc_allowed");
    CHECK(again);
    CHECK(codes_of(*again) == codes_of(*ranges));
}

/// The members of the rules, each but the last ended by a line end.
void fuzz_spending(std::string_view text) {
    std::array<std::string, 10> parts;
    for (std::string& part : parts) {
        part = next_part(text, '\n');
    }
    const auto made = cli::to_rules({.allow = parts[0],
                                     .refuse = parts[1],
                                     .cash = parts[2],
                                     .single_max = parts[3],
                                     .day_max = parts[4],
                                     .week_max = parts[5],
                                     .month_max = parts[6],
                                     .day_count = parts[7],
                                     .week_count = parts[8],
                                     .month_count = parts[9]},
                                    sterling);
    if (made) {
        CHECK(!cli::lines_of(*made).empty());
    } else {
        fuzz::check_helpful(made.fault());
    }
}

void fuzz_shown(std::string_view text) {
    const std::string shown = cli::printable(text);
    CHECK(cli::is_utf8(shown));
    CHECK(cli::printable(shown) == shown);
    if (cli::is_utf8(text)) CHECK(cli::width_of(shown) == cli::width_of(text));
}

/// A programme and a page of its batches, with a line end between them.
void fuzz_page(std::string_view text) {
    const std::string_view programme = next_part(text, '\n');
    const Result<std::uint64_t> before = settlement::parse_page_token(programme, text);
    if (!before) {
        fuzz::check_helpful(before.fault());
    } else if (!text.empty()) {
        CHECK(settlement::page_token(programme, *before) == text);
    }
}

}  // namespace
}  // namespace carecard

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const carecard::fuzz::Input input(data, size);
    // The corpus names its forms by their places here: append only.
    constexpr std::array forms{carecard::fuzz_identity,    carecard::fuzz_authorisation_id,
                               carecard::fuzz_day,         carecard::fuzz_expiry,
                               carecard::fuzz_currency,    carecard::fuzz_timestamp,
                               carecard::fuzz_amount,      carecard::fuzz_key,
                               carecard::fuzz_card_number, carecard::fuzz_mccs,
                               carecard::fuzz_spending,    carecard::fuzz_shown,
                               carecard::fuzz_page};
    forms[input.choice(forms.size())](input.rest());
    return 0;
}
