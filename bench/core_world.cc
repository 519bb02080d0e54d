#include "bench/core_world.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <variant>

#include "common/check.h"
#include "common/limits.h"
#include "rules/apply.h"
#include "rules/residence.h"

namespace carecard::bench {
namespace {

constexpr CurrencyCode sterling{826};
constexpr TimestampNs start{1'717'405'200'000'000'000};  // 2024-06-03T09:00:00Z
constexpr DurationNs between_events{20'000};
constexpr AmountMinor window_max{50'000'000'000};
constexpr std::uint16_t groceries = 5'411;

rules::Request asked(std::string_view key) {
    return {.key = RequestKey::of(key), .caller = CallerId::of("bench-1")};
}

rules::AccountName name_of(std::uint32_t account) {
    return {.programme = ProgrammeCode::of("bench"),
            .reference = AccountReference::of(fmt::format("account-{}", account))};
}

CardToken token_of(std::uint32_t account) {
    CardToken token{.key_id = 1};
    std::memcpy(token.mac.data(), &account, sizeof(account));
    return token;
}

rules::SpendingRules agreed(std::size_t mcc_ranges) {
    rules::SpendingRules rules;
    for (std::size_t range = 0; range < mcc_ranges; ++range) {
        const auto first = static_cast<std::uint16_t>(groceries + 2 * range);
        rules.mcc_allowed.push_back({.first = {first}, .last = {first}});
    }
    rules.single_max = transaction_minor_max;
    for (rules::WindowLimit* limit : {&rules.day, &rules.week, &rules.month}) {
        *limit = {.amount_max = window_max, .count_max = 1'000'000};
    }
    return rules;
}

rules::Authorise payment_form() {
    rules::Authorise payment{.request = asked("form")};
    payment.amounts = {.transaction_currency = sterling, .billing_currency = sterling};
    payment.merchant = {.mcc = {groceries},
                        .acceptor = InlineText<15>::of("GROCER000000001"),
                        .terminal = InlineText<8>::of("T0000001"),
                        .country = InlineText<2>::of("GB")};
    payment.merchant.name.text = InlineText<merchant_name_bytes_max>::of("Market Street Grocer");
    payment.merchant.city.text = InlineText<merchant_city_bytes_max>::of("Riverdale");
    payment.identity.acquirer = InlineText<11>::of("400001");
    payment.identity.transmission_time = InlineText<10>::of("0603090000");
    payment.entry_mode = rules::EntryMode::contactless_chip;
    payment.channel = rules::Channel::point_of_sale;
    return payment;
}

}  // namespace

CoreWorld::CoreWorld(const Shape& shape)
    : last_{.now_ns = start},
      payment_(payment_form()),
      reversal_(rules::Reverse{.request = asked(""), .currency = sterling}) {
    open_programme();
    for (std::uint32_t number = 0; number < accounts; ++number) {
        open_account(number, shape);
        forget_what_is_over();
    }
}

void CoreWorld::open_programme() {
    rules::OffsetTable london;
    london.entries.push_back({.from = start - days(60), .offset_seconds = 3'600});
    take(rules::SetOffsetTable{.zone = InlineText<32>::of("Europe/London"),
                               .table = std::move(london)});
    take(rules::CreateProgramme{.request = asked("programme"),
                                .code = ProgrammeCode::of("bench"),
                                .council = CouncilCode::of("riverdale"),
                                .currency = sterling});
}

void CoreWorld::open_account(std::uint32_t number, const Shape& shape) {
    const rules::AccountName name = name_of(number);
    rules::OpenAccount account{.request = asked("account"), .account = name};
    for (std::size_t purse = 1; purse <= shape.purses; ++purse) {
        account.purses.push_back({.name = PurseName::of(fmt::format("purse {}", purse)),
                                  .priority = static_cast<std::uint8_t>(purse)});
    }
    const auto purses = account.purses;
    take(std::move(account));
    rules::IssueCard card{.request = asked("card"),
                          .account = name,
                          .last_four = InlineText<4>::of("0000"),
                          .expiry = {.year = 2099, .month = 12}};
    card.tokens.push_back(token_of(number));
    take(std::move(card));
    for (const rules::PurseSpec& purse : purses) {
        const bool is_last = &purse == &purses.back();
        const std::int64_t pence = shape.pence_in_all_but_the_last;
        take(rules::Load{.request = asked("load"),
                         .account = name,
                         .purse = purse.name,
                         .amount = is_last || pence == 0 ? load_minor_max : AmountMinor{pence},
                         .currency = sterling,
                         .reference = LoadReference::of(purse.name.view())});
    }
    if (shape.mcc_ranges == 0) return;
    take(rules::SetAgreement{
        .request = asked("agreement"), .account = name, .rules = agreed(shape.mcc_ranges)});
}

void CoreWorld::split_and_reverse() {
    const auto& payment = std::get<rules::AuthorisationDecided>(take(next_payment()));
    CHECK(payment.legs.size() > 1);
    auto& reversal = std::get<rules::Reverse>(reversal_);
    reversal.card_token = payment.request.card_token;
    reversal.original.authorisation_id = payment.id;
    take(reversal_);
    rules::let_go(state_, state_.last, 2);
}

void CoreWorld::forget_what_is_over() {
    rules::let_go(state_, state_.last, std::numeric_limits<std::size_t>::max());
}

const rules::Command& CoreWorld::next_payment() {
    auto& payment = std::get<rules::Authorise>(payment_);
    const std::uint64_t chance = random_();
    const AmountMinor amount{static_cast<std::int64_t>(100 + chance % 2'000)};
    std::array<char, 15> digits{};
    fmt::format_to_n(digits.data(), digits.size(), "{:015}", ++payments_);
    const std::string_view number(digits.data(), digits.size());
    payment.request.key = RequestKey::of(number);
    payment.card_token = token_of(static_cast<std::uint32_t>((chance >> 16U) % accounts));
    payment.amounts.transaction = amount;
    payment.amounts.billing = amount;
    payment.identity.network_transaction_id = InlineText<15>::of(number);
    payment.identity.stan = InlineText<6>::of(number.substr(9));
    payment.identity.rrn = InlineText<12>::of(number.substr(3));
    return payment_;
}

const rules::Event& CoreWorld::take(const rules::Command& command) {
    const rules::Stamp stamp{.epoch = state_.epoch,
                             .sequence = {state_.last.value + 1},
                             .now_ns = last_.now_ns + between_events};
    rules::Decision decision = rules::decide(state_, command, stamp);
    CHECK(std::holds_alternative<rules::Event>(decision));
    event_ = std::get<rules::Event>(std::move(decision));
    const auto* payment = std::get_if<rules::AuthorisationDecided>(&event_);
    CHECK(payment == nullptr || !payment->decline.declined());
    rules::apply(state_, event_, stamp);
    last_ = stamp;
    return event_;
}

}  // namespace carecard::bench
