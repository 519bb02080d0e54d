#include "tests/end_to_end/role_rows.h"

#include <fmt/format.h>

#include <array>

#include "carecard/v1/settlement.pb.h"
#include "tests/end_to_end/installation.h"

namespace carecard::end_to_end {
namespace {

constexpr std::int64_t second_day_s = 1'717'491'600;  // 2024-06-04 09:00 UTC

/// A request of staff about an account.
template <class Request>
Request about(const Names& names, unsigned number) {
    Request request;
    request.set_request_key(fmt::format("row-{}", number));
    request.set_reason("a cell of the table of roles");
    request.mutable_account()->set_programme(names.programme);
    request.mutable_account()->set_reference(names.account);
    return request;
}

std::string authorise(const Names& names, unsigned number) {
    v1::AuthoriseRequest request = new_payment(fmt::format("row-{}", number), 1, 1);
    request.set_card_token(names.card_token);
    return request.SerializeAsString();
}

std::string authorise_stream(const Names& names, unsigned number) {
    v1::AuthoriseStreamRequest request = new_payments(fmt::format("row-{}", number), 1, 2);
    for (v1::AuthoriseRequest& item : *request.mutable_items()) {
        item.set_card_token(names.card_token);
    }
    return request.SerializeAsString();
}

std::string increment(const Names& names, unsigned number) {
    v1::IncrementRequest request;
    request.set_request_key(fmt::format("row-{}", number));
    request.set_card_token(names.card_token);
    request.mutable_original()->set_authorisation_id(names.authorisation_id);
    request.mutable_transaction()->set_minor_units(1);
    request.mutable_transaction()->set_currency("GBP");
    request.set_mcc("5411");
    request.set_acquirer("1");
    return request.SerializeAsString();
}

std::string reverse(const Names& names, unsigned number) {
    v1::ReverseRequest request =
        new_reversal(fmt::format("row-{}", number), 1, names.authorisation_id);
    request.set_card_token(names.card_token);
    return request.SerializeAsString();
}

std::string present(const Names& names, unsigned number) {
    v1::PresentRequest request =
        new_presentment(fmt::format("row-{}", number), 1, names.authorisation_id, 1);
    request.set_card_token(names.card_token);
    return request.SerializeAsString();
}

std::string advise(const Names& names, unsigned number) {
    v1::AdviseRequest request;
    request.set_request_key(fmt::format("row-{}", number));
    request.set_card_token(names.card_token);
    request.set_advice(v1::ADVICE_KIND_STAND_IN_APPROVED);
    request.mutable_original()->set_authorisation_id(names.authorisation_id);
    request.mutable_billing()->set_minor_units(1);
    request.mutable_billing()->set_currency("GBP");
    request.set_mcc("5411");
    return request.SerializeAsString();
}

std::string tail(const Names&, unsigned) { return v1::TailRequest().SerializeAsString(); }

template <class Request>
Request closing(const Names& names, unsigned number) {
    Request request;
    request.set_request_key(fmt::format("row-{}", number));
    request.set_programme(names.programme);
    request.set_day("2024-06-03");
    return request;
}

std::string close_settlement(const Names& names, unsigned number) {
    auto request = closing<v1::CloseSettlementRequest>(names, number);
    request.set_requested_by("finance-1");
    return request.SerializeAsString();
}

std::string create_programme(const Names& names, unsigned number) {
    return new_programme(fmt::format("row-{}", number), names.council).SerializeAsString();
}

std::string open_account(const Names& names, unsigned number) {
    return new_account(fmt::format("row-{}", number), names.programme).SerializeAsString();
}

std::string open_purse(const Names& names, unsigned number) {
    auto request = about<v1::OpenPurseRequest>(names, number);
    request.mutable_purse()->set_name(fmt::format("row-{}", number));
    request.mutable_purse()->set_priority(2);
    return request.SerializeAsString();
}

std::string issue_card(const Names& names, unsigned number) {
    constexpr unsigned free_cards = 1'000'000;
    return new_card(names.account, free_cards + number, names.programme).SerializeAsString();
}

std::string load_purse(const Names& names, unsigned number) {
    v1::LoadPurseRequest request = new_load(names.account, 1, fmt::format("row-{}", number));
    request.mutable_account()->set_programme(names.programme);
    return request.SerializeAsString();
}

std::string release_stage(const Names& names, unsigned number) {
    auto request = about<v1::ReleaseStageRequest>(names, number);
    request.set_purse("works");
    set_pence(1, *request.mutable_amount());
    request.set_stage(fmt::format("row-{}", number));
    return request.SerializeAsString();
}

std::string close_purse(const Names& names, unsigned number) {
    auto request = about<v1::ClosePurseRequest>(names, number);
    request.set_purse("works");
    return request.SerializeAsString();
}

std::string open_dispute(const Names& names, unsigned number) {
    auto request = about<v1::OpenDisputeRequest>(names, number);
    request.set_authorisation_id("1-999999");
    request.set_category(v1::DISPUTE_CATEGORY_DUPLICATE);
    set_pence(1, *request.mutable_amount());
    return request.SerializeAsString();
}

std::string close_dispute(const Names& names, unsigned number) {
    auto request = about<v1::CloseDisputeRequest>(names, number);
    request.set_authorisation_id("1-999999");
    request.set_outcome(v1::DISPUTE_OUTCOME_LOST);
    return request.SerializeAsString();
}

std::string propose_resolution(const Names& names, unsigned number) {
    auto request = about<v1::ProposeResolutionRequest>(names, number);
    request.set_authorisation_id("1-999999");
    request.set_kind(v1::RESOLUTION_KIND_WRITE_OFF);
    set_pence(1, *request.mutable_amount());
    return request.SerializeAsString();
}

template <class Request>
std::string about_no_proposal(const Names& names, unsigned number) {
    auto request = about<Request>(names, number);
    request.set_proposal(999'999);
    return request.SerializeAsString();
}

std::string set_earmark(const Names& names, unsigned number) {
    auto request = about<v1::SetEarmarkRequest>(names, number);
    request.set_reference(fmt::format("row-{}", number));
    request.set_purse("works");
    set_pence(1, *request.mutable_amount());
    request.set_payee("WAGES");
    request.set_due("2100-01-01");
    return request.SerializeAsString();
}

std::string withdraw_earmark(const Names& names, unsigned number) {
    auto request = about<v1::WithdrawEarmarkRequest>(names, number);
    request.set_reference(fmt::format("row-{}", number));
    return request.SerializeAsString();
}

std::string set_provider(const Names& names, unsigned number) {
    v1::SetProviderRequest request;
    request.set_request_key(fmt::format("row-{}", number));
    request.set_reason("a cell of the table of roles");
    request.set_programme(names.programme);
    request.set_provider_register("colleges");
    request.set_acceptor("COLLEGE");
    request.set_from("2024-06-03");
    return request.SerializeAsString();
}

std::string list_purse_templates(const Names&, unsigned) {
    return v1::ListPurseTemplatesRequest().SerializeAsString();
}

std::string set_agreement(const Names& names, unsigned number) {
    auto request = about<v1::SetAgreementRequest>(names, number);
    set_pence(90'00, *request.mutable_rules()->mutable_single_max());
    return request.SerializeAsString();
}

v1::SetCardStatusRequest card_status(unsigned number) {
    v1::SetCardStatusRequest request;
    request.set_request_key(fmt::format("row-{}", number));
    request.set_reason("a cell of the table of roles");
    request.set_status(v1::CARD_STATUS_ACTIVE);
    return request;
}

std::string card_status_by_token(const Names& names, unsigned number) {
    v1::SetCardStatusRequest request = card_status(number);
    request.set_card_token(names.card_token);
    return request.SerializeAsString();
}

std::string card_status_by_id(const Names& names, unsigned number) {
    v1::SetCardStatusRequest request = card_status(number);
    request.set_card_id(names.card_id);
    return request.SerializeAsString();
}

/// For a card that has expired already: the old one stays, and the next cell may ask again.
std::string replace_card(const Names& names, unsigned number) {
    constexpr unsigned free_cards = 2'000'000;
    v1::ReplaceCardRequest request;
    request.set_request_key(fmt::format("row-{}", number));
    request.set_reason("a cell of the table of roles");
    request.set_card_id(names.card_id);
    request.set_because(v1::CARD_REPLACED_BECAUSE_RENEWAL);
    *request.mutable_new_card_tokens() =
        new_card(names.account, free_cards + number, names.programme).card_tokens();
    request.set_last_four("0002");
    request.set_expiry("2001-01");
    return request.SerializeAsString();
}

std::string card_rules(const Names& names, unsigned number) {
    v1::SetCardRulesRequest request;
    request.set_request_key(fmt::format("row-{}", number));
    request.set_reason("a cell of the table of roles");
    request.set_card_token(names.card_token);
    set_pence(90'00, *request.mutable_rules()->mutable_single_max());
    return request.SerializeAsString();
}

std::string account_status(const Names& names, unsigned number) {
    auto request = about<v1::SetAccountStatusRequest>(names, number);
    request.set_status(v1::ACCOUNT_STATUS_OPEN);
    return request.SerializeAsString();
}

std::string account_by_name(const Names& names, unsigned) {
    v1::ReadAccountRequest request;
    request.mutable_account()->set_programme(names.programme);
    request.mutable_account()->set_reference(names.account);
    return request.SerializeAsString();
}

std::string account_by_card(const Names& names, unsigned) {
    v1::ReadAccountRequest request;
    request.set_card_token(names.card_token);
    return request.SerializeAsString();
}

std::string list_transactions(const Names& names, unsigned) {
    v1::ListTransactionsRequest request;
    request.mutable_account()->set_programme(names.programme);
    request.mutable_account()->set_reference(names.account);
    return request.SerializeAsString();
}

std::string explain_decision(const Names& names, unsigned) {
    v1::ExplainDecisionRequest request;
    request.set_authorisation_id(names.authorisation_id);
    return request.SerializeAsString();
}

std::string advance_clock(const Names&, unsigned number) {
    v1::AdvanceClockRequest request;
    request.set_request_key(fmt::format("row-{}", number));
    request.set_reason("a cell of the table of roles");
    request.mutable_to()->set_seconds(second_day_s + number);
    return request.SerializeAsString();
}

std::string accept_clock(const Names&, unsigned number) {
    v1::AcceptClockRequest request;
    request.set_request_key(fmt::format("row-{}", number));
    request.set_reason("a cell of the table of roles");
    return request.SerializeAsString();
}

std::string read_status(const Names&, unsigned) {
    return v1::ReadStatusRequest().SerializeAsString();
}

std::string list_quarantine(const Names&, unsigned) {
    return v1::ListQuarantineRequest().SerializeAsString();
}

std::string release_quarantined(const Names&, unsigned) {
    v1::ReleaseQuarantinedRequest request;
    request.set_id("0123456789abcdef");  // nothing is quarantined
    return request.SerializeAsString();
}

std::string close_batch(const Names& names, unsigned number) {
    return closing<v1::CloseBatchRequest>(names, number).SerializeAsString();
}

std::string list_batches(const Names& names, unsigned) {
    v1::ListBatchesRequest request;
    request.set_programme(names.programme);
    return request.SerializeAsString();
}

std::string get_batch(const Names& names, unsigned) {
    v1::GetBatchRequest request;
    request.set_programme(names.programme);
    request.set_number(names.batch);
    return request.SerializeAsString();
}

std::string download(const Names& names, unsigned) {
    v1::DownloadBatchFileRequest request;
    request.set_programme(names.programme);
    request.set_number(names.batch);
    request.set_file_name("items.csv");
    return request.SerializeAsString();
}

using enum Port;
using enum Speaks;
using enum grpc::StatusCode;

constexpr std::array rows{
    // An unknown card is a decline, so its status is OK.
    Row{.method = "carecard.v1.AuthorisationService/Authorise",
        .port = front,
        .request = authorise,
        .absent = OK},
    Row{.method = "carecard.v1.AuthorisationService/AuthoriseStream",
        .port = front,
        .request = authorise_stream,
        .absent = OK},
    Row{.method = "carecard.v1.AuthorisationService/Increment",
        .port = front,
        .request = increment,
        .absent = OK},
    Row{.method = "carecard.v1.AuthorisationService/Reverse",
        .port = front,
        .request = reverse,
        .absent = OK},
    Row{.method = "carecard.v1.AuthorisationService/Present",
        .port = front,
        .request = present,
        .absent = OK},
    Row{.method = "carecard.v1.AuthorisationService/Advise",
        .port = front,
        .request = advise,
        .absent = OK},
    // Every council's events are in the records, so one council's certificate does not do.
    Row{.method = "carecard.v1.JournalService/Tail",
        .port = back,
        .request = tail,
        .speaks = of_the_journal,
        .own = PERMISSION_DENIED},
    Row{.method = "carecard.v1.JournalService/CloseSettlement",
        .port = back,
        .request = close_settlement},
    Row{.method = "carecard.v1.AdminService/CreateProgramme",
        .port = back,
        .request = create_programme,
        .absent = PERMISSION_DENIED},
    Row{.method = "carecard.v1.AdminService/OpenAccount", .port = back, .request = open_account},
    Row{.method = "carecard.v1.AdminService/OpenPurse", .port = back, .request = open_purse},
    Row{.method = "carecard.v1.AdminService/IssueCard", .port = back, .request = issue_card},
    Row{.method = "carecard.v1.AdminService/LoadPurse", .port = back, .request = load_purse},
    // The account has no such purse, which is asked after the right to release.
    Row{.method = "carecard.v1.AdminService/ReleaseStage",
        .port = back,
        .request = release_stage,
        .own = FAILED_PRECONDITION,
        .every = FAILED_PRECONDITION},
    Row{.method = "carecard.v1.AdminService/ClosePurse",
        .port = back,
        .request = close_purse,
        .own = FAILED_PRECONDITION,
        .every = FAILED_PRECONDITION},
    // The account has no such payment and no proposal, which is asked after the right to resolve.
    Row{.method = "carecard.v1.AdminService/ProposeResolution",
        .port = back,
        .request = propose_resolution,
        .own = NOT_FOUND,
        .every = NOT_FOUND},
    Row{.method = "carecard.v1.AdminService/DecideResolution",
        .port = back,
        .request = about_no_proposal<v1::DecideResolutionRequest>,
        .own = NOT_FOUND,
        .every = NOT_FOUND},
    Row{.method = "carecard.v1.AdminService/RecoverExposure",
        .port = back,
        .request = about_no_proposal<v1::RecoverExposureRequest>,
        .own = NOT_FOUND,
        .every = NOT_FOUND},
    // The account has no such purse and no such earmark, which is asked after the right.
    Row{.method = "carecard.v1.AdminService/SetEarmark",
        .port = back,
        .request = set_earmark,
        .own = FAILED_PRECONDITION,
        .every = FAILED_PRECONDITION},
    Row{.method = "carecard.v1.AdminService/WithdrawEarmark",
        .port = back,
        .request = withdraw_earmark,
        .own = FAILED_PRECONDITION,
        .every = FAILED_PRECONDITION},
    Row{.method = "carecard.v1.AdminService/OpenDispute",
        .port = back,
        .request = open_dispute,
        .own = NOT_FOUND,
        .every = NOT_FOUND},
    Row{.method = "carecard.v1.AdminService/CloseDispute",
        .port = back,
        .request = close_dispute,
        .own = NOT_FOUND,
        .every = NOT_FOUND},
    Row{.method = "carecard.v1.AdminService/SetProvider", .port = back, .request = set_provider},
    Row{.method = "carecard.v1.AdminService/ListPurseTemplates",
        .port = back,
        .request = list_purse_templates,
        .absent = OK},
    Row{.method = "carecard.v1.AdminService/SetAgreement", .port = back, .request = set_agreement},
    Row{.method = "carecard.v1.AdminService/SetCardStatus",
        .port = back,
        .request = card_status_by_token},
    Row{.method = "carecard.v1.AdminService/SetCardStatus",
        .port = back,
        .request = card_status_by_id},
    Row{.method = "carecard.v1.AdminService/ReplaceCard",
        .port = back,
        .request = replace_card,
        .own = FAILED_PRECONDITION,
        .every = FAILED_PRECONDITION},
    Row{.method = "carecard.v1.AdminService/SetCardRules", .port = back, .request = card_rules},
    Row{.method = "carecard.v1.AdminService/SetAccountStatus",
        .port = back,
        .request = account_status},
    Row{.method = "carecard.v1.AdminService/ReadAccount", .port = back, .request = account_by_name},
    Row{.method = "carecard.v1.AdminService/ReadAccount", .port = back, .request = account_by_card},
    Row{.method = "carecard.v1.AdminService/ListTransactions",
        .port = back,
        .request = list_transactions},
    Row{.method = "carecard.v1.AdminService/ExplainDecision",
        .port = back,
        .request = explain_decision},
    Row{.method = "carecard.v1.AdminService/AdvanceClock",
        .port = back,
        .request = advance_clock,
        .speaks = of_the_journal},
    // A simulated clock is always believed, so there is nothing to accept.
    Row{.method = "carecard.v1.AdminService/AcceptClock",
        .port = back,
        .request = accept_clock,
        .speaks = of_the_journal,
        .own = FAILED_PRECONDITION,
        .every = FAILED_PRECONDITION},
    Row{.method = "carecard.v1.AdminService/ReadStatus",
        .port = back,
        .request = read_status,
        .speaks = of_the_journal},
    Row{.method = "carecard.v1.AdminService/ListQuarantine",
        .port = back,
        .request = list_quarantine,
        .speaks = of_the_journal},
    Row{.method = "carecard.v1.AdminService/ReleaseQuarantined",
        .port = back,
        .request = release_quarantined,
        .speaks = of_the_journal,
        .own = NOT_FOUND,
        .every = NOT_FOUND},
    Row{.method = "carecard.v1.SettlementService/CloseBatch",
        .port = settlement,
        .request = close_batch},
    Row{.method = "carecard.v1.SettlementService/ListBatches",
        .port = settlement,
        .request = list_batches},
    Row{.method = "carecard.v1.SettlementService/GetBatch",
        .port = settlement,
        .request = get_batch},
    Row{.method = "carecard.v1.SettlementService/DownloadBatchFile",
        .port = settlement,
        .request = download},
};

}  // namespace

std::span<const Row> role_rows() { return rows; }

}  // namespace carecard::end_to_end
