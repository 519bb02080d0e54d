#include "services/cli/simulate/messages.h"

#include <fmt/format.h>

#include <string_view>

#include "services/cli/london_time.h"

namespace carecard::cli::simulate {
namespace {

constexpr std::string_view acquirer = "400001";

const NewCard& card_of(const Script& script, const Payment& payment) {
    return script.budgets[payment.budget].cards.front();
}

/// FNV-1a: spreads the run's rows over the network's number space.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash;
}

std::string key_of(const Script& script, std::string_view what, const RowPlace& place) {
    return fmt::format("{}-{}-{}", script.run_id, what, place.number);
}

/// 15 digits.
std::string network_id_of(const Script& script, const Payment& payment) {
    const std::uint64_t value = mixed(hash_of(script.run_id) ^ payment.place.number);
    return fmt::format("{:015}", value % 1'000'000'000'000'000U);
}

std::string month_and_day(DayNumber day) {
    const Date date = date_of(day);
    return fmt::format("{:02}{:02}", date.month, date.day);
}

void set_merchant(const Payment& payment, v1::Merchant& merchant) {
    merchant.set_name(payment.merchant);
    merchant.set_city(payment.city);
}

v1::TransactionKind kind_of(PaymentKind kind) {
    return kind == PaymentKind::cash ? v1::TRANSACTION_KIND_CASH : v1::TRANSACTION_KIND_PURCHASE;
}

}  // namespace

v1::AuthoriseRequest authorise_request(const Script& script, const Payment& payment) {
    const NewCard& card = card_of(script, payment);
    v1::AuthoriseRequest request;
    request.set_request_key(key_of(script, "authorise", payment.place));
    request.set_card_token(card.token);
    request.set_kind(kind_of(payment.kind));
    rpc::set_money(payment.transaction, *request.mutable_transaction());
    rpc::set_money(payment.billing, *request.mutable_billing());
    request.set_mcc(payment.mcc);
    request.set_acquirer(std::string(acquirer));
    set_merchant(payment, *request.mutable_merchant());
    request.set_stan(fmt::format("{:06}", payment.place.number % 999'999 + 1));
    request.set_rrn(fmt::format("{:012}", payment.place.number));
    request.set_transmission_time(month_and_day(payment.day) + "120000");
    request.set_local_date(month_and_day(payment.day));
    request.set_network_transaction_id(network_id_of(script, payment));
    request.set_expiry(card.expiry.substr(2, 2) + card.expiry.substr(5, 2));
    request.set_channel(payment.kind == PaymentKind::cash ? v1::CHANNEL_ATM
                                                          : v1::CHANNEL_POINT_OF_SALE);
    return request;
}

v1::PresentRequest present_request(const Script& script, const Payment& payment) {
    v1::PresentRequest request;
    request.set_request_key(key_of(script, "present", payment.place));
    request.set_card_token(card_of(script, payment).token);
    request.set_presentment_id(key_of(script, "item", payment.place));
    rpc::set_money(payment.billing, *request.mutable_billing());
    rpc::set_money(payment.transaction, *request.mutable_transaction());
    request.set_mcc(payment.mcc);
    request.set_acquirer(std::string(acquirer));
    set_merchant(payment, *request.mutable_merchant());
    request.set_local_date(month_and_day(payment.day));
    if (payment.kind == PaymentKind::refund) {
        request.set_direction(v1::PRESENTMENT_DIRECTION_CREDIT);
        return request;
    }
    request.set_direction(v1::PRESENTMENT_DIRECTION_DEBIT);
    request.mutable_original()->set_network_transaction_id(network_id_of(script, payment));
    request.set_rrn(fmt::format("{:012}", payment.place.number));
    request.set_final(true);
    return request;
}

v1::LoadPurseRequest load_request(const Script& script, const std::string& programme,
                                  const Load& load) {
    v1::LoadPurseRequest request;
    request.set_request_key(fmt::format("{}-load-{}-{}", script.run_id, load.budget,
                                        hash_of(load.reference + '\n' + load.purse)));
    request.set_reason("the month's budget");
    request.mutable_account()->set_programme(programme);
    request.mutable_account()->set_reference(script.budgets[load.budget].reference);
    request.set_purse(load.purse);
    rpc::set_money({load.amount, script.currency}, *request.mutable_amount());
    request.set_reference(load.reference);
    return request;
}

}  // namespace carecard::cli::simulate
