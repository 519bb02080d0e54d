#pragma once

#include <string>

#include "carecard/v1/admin.pb.h"
#include "carecard/v1/authorisation.pb.h"
#include "carecard/v1/journal.pb.h"
#include "services/rpc/identity.h"

/// Messages that are valid, for tests that then make one thing wrong with them.
namespace carecard::authorisation {

/// A number of the test range whose Luhn check holds.
inline constexpr const char* card_number = "9999 9900 0000 0006";

inline const std::string token_text = "k1:" + std::string(62, '0') + "9f";

inline rpc::Identity caller_with(rpc::Role role) {
    return {.role = role, .council = CouncilCode::of("riverdale"), .id = CallerId::of("caller-1")};
}

inline void set_pounds(std::int64_t pence, v1::Money& money) {
    money.set_minor_units(pence);
    money.set_currency("GBP");
}

template <class Message>
void set_merchant(Message& request) {
    request.set_mcc("5411");
    request.set_acquirer("444555");
    request.set_acceptor("SHOP 00012");
    request.set_terminal("T-1");
    request.mutable_merchant()->set_name("Corner Shop");
    request.mutable_merchant()->set_city("Riverdale");
    request.mutable_merchant()->set_country("GB");
    request.set_rrn("A12345678901");
    request.set_network_transaction_id("123456789012345");
}

inline v1::AuthoriseRequest authorise_sample() {
    v1::AuthoriseRequest request;
    request.set_request_key("gw:1");
    request.set_card_token(token_text);
    request.set_kind(v1::TRANSACTION_KIND_PURCHASE);
    request.mutable_transaction()->set_minor_units(1'500);
    request.mutable_transaction()->set_currency("EUR");
    set_pounds(1'234, *request.mutable_billing());
    request.set_conversion_rate("61234567");
    set_pounds(34, *request.mutable_mark_up());
    set_merchant(request);
    request.set_local_date("0329");
    request.set_stan("000123");
    request.set_transmission_time("0329010203");
    request.set_local_time("020203");
    request.set_expiry("2908");
    request.set_entry_mode(v1::ENTRY_MODE_CHIP);
    request.set_channel(v1::CHANNEL_POINT_OF_SALE);
    request.set_pin_present(true);
    request.set_partial_capable(true);
    request.set_estimated(true);
    request.set_recurring(true);
    return request;
}

inline v1::IncrementRequest increment_sample() {
    v1::IncrementRequest request;
    request.set_request_key("gw:4");
    request.set_card_token(token_text);
    request.mutable_original()->set_authorisation_id("1-42");
    set_pounds(1'234, *request.mutable_transaction());
    set_merchant(request);
    request.set_stan("000124");
    return request;
}

inline v1::ReverseRequest reverse_sample() {
    v1::ReverseRequest request;
    request.set_request_key("gw:2");
    request.set_card_token(token_text);
    request.mutable_original()->set_authorisation_id("1-42");
    set_pounds(0, *request.mutable_remaining());
    request.set_reason("2502");
    return request;
}

inline v1::PresentRequest present_sample() {
    v1::PresentRequest request;
    request.set_request_key("gw:3");
    request.set_card_token(token_text);
    request.set_direction(v1::PRESENTMENT_DIRECTION_DEBIT);
    request.set_presentment_id("ARN-74012345678901234567890");
    request.set_final(true);
    set_pounds(1'234, *request.mutable_billing());
    set_merchant(request);
    request.set_local_date("0329");
    return request;
}

inline v1::AdviseRequest advise_sample() {
    v1::AdviseRequest request;
    request.set_request_key("gw:4");
    request.set_card_token(token_text);
    request.set_advice(v1::ADVICE_KIND_STAND_IN_APPROVED);
    set_pounds(1'234, *request.mutable_billing());
    set_merchant(request);
    request.set_stan("000123");
    request.set_transmission_time("0329010203");
    request.set_local_date("0329");
    request.set_authorisation_code("A1B2C3");
    return request;
}

template <class Message>
void set_account(Message& request) {
    request.set_request_key("st:1");
    request.set_reason("agreed at the review");
    request.mutable_account()->set_programme("direct-payments");
    request.mutable_account()->set_reference("0042/homecare");
}

inline v1::CreateProgrammeRequest programme_sample() {
    v1::CreateProgrammeRequest request;
    request.set_request_key("op:1");
    request.set_reason("new scheme");
    request.set_programme("direct-payments");
    request.set_council("riverdale");
    request.set_name("Direct payments");
    request.set_currency("GBP");
    request.set_hold_lifetime_days(7);
    request.mutable_defaults()->add_mcc_refused("7995");
    set_pounds(50'000, *request.mutable_defaults()->mutable_single_max());
    return request;
}

inline v1::OpenAccountRequest account_sample() {
    v1::OpenAccountRequest request;
    set_account(request);
    request.set_arrangement(v1::ARRANGEMENT_DIRECT_PAYMENT);
    v1::NewPurse& purse = *request.add_purses();
    purse.set_name("social care");
    purse.set_priority(1);
    return request;
}

inline v1::IssueCardRequest card_sample() {
    v1::IssueCardRequest request;
    set_account(request);
    request.add_card_tokens(token_text);
    request.set_last_four("0006");
    request.set_expiry("2029-08");
    request.set_holder(v1::CARD_HOLDER_HELPER);
    request.set_holder_reference("helper-7");
    return request;
}

inline v1::LoadPurseRequest load_sample() {
    v1::LoadPurseRequest request;
    set_account(request);
    request.set_purse("social care");
    set_pounds(100'000, *request.mutable_amount());
    request.set_reference("BACS 2026-03");
    return request;
}

inline v1::SetAgreementRequest agreement_sample() {
    v1::SetAgreementRequest request;
    set_account(request);
    v1::SpendingRules& rules = *request.mutable_rules();
    rules.add_mcc_allowed("5411-5499");
    rules.set_cash_agreed(true);
    set_pounds(5'000, *rules.mutable_single_max());
    set_pounds(20'000, *rules.mutable_week()->mutable_amount_max());
    rules.mutable_day()->set_count_max(3);
    return request;
}

inline v1::CloseSettlementRequest close_sample() {
    v1::CloseSettlementRequest request;
    request.set_request_key("se:1");
    request.set_programme("direct-payments");
    request.set_day("2026-03-29");
    request.set_requested_by("finance-1");
    return request;
}

}  // namespace carecard::authorisation
