// Any bytes as each request of the authorisation service: what is refused is refused helpfully, and
// a command that is accepted can be journaled and read back. The first byte chooses the request.

#include <google/protobuf/stubs/logging.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "carecard/v1/admin.pb.h"
#include "carecard/v1/authorisation.pb.h"
#include "carecard/v1/journal.pb.h"
#include "common/check.h"
#include "common/limits.h"
#include "services/authorisation/convert_query.h"
#include "services/authorisation/convert_request.h"
#include "services/journal/codec.h"
#include "services/rpc/text.h"
#include "tests/fuzz/input.h"

namespace carecard::authorisation {
namespace {

constexpr TimestampNs now{1'790'000'000'000'000'000};
constexpr CurrencyCode sterling{826};

const rpc::Identity& caller() {
    static const rpc::Identity value{.role = rpc::Role::support,
                                     .council = CouncilCode::of("riverdale"),
                                     .id = CallerId::of("caller-1")};
    return value;
}

/// The event that answers a command `C`.
template <class C, std::size_t index = 0>
rules::Event event_of(const C& command) {
    using Fact = std::variant_alternative_t<index, rules::EventKinds>;
    if constexpr (std::is_same_v<decltype(Fact::request), C>) {
        Fact fact{};
        fact.request = command;
        return fact;
    } else {
        return event_of<C, index + 1>(command);
    }
}

/// What the journal gives back for a valid command is that command.
template <class C>
void check_journaled(const C& command) {
    const rules::Event event = event_of(command);
    const journal::PersonalTexts texts = journal::texts_of(event);
    const std::vector<Hash32> commitments(texts.size());
    std::vector<std::byte> clear;
    journal::encode_clear(event, {.epoch = {1}, .sequence = {1}, .now_ns = now}, commitments,
                          clear);
    Result<journal::DecodedEvent> decoded = journal::decode_clear(clear);
    CHECK(decoded);
    const std::vector<std::string> opened(texts.begin(), texts.end());
    CHECK(journal::set_texts(decoded->event, opened));
    CHECK(decoded->event == event);
}

template <class C>
void check(const Result<rules::Valid<C>>& command) {
    if (command) {
        check_journaled(**command);
    } else {
        const FaultKind kind = command.fault().kind;
        CHECK(kind == FaultKind::malformed || kind == FaultKind::conflict);
        fuzz::check_helpful(command.fault());
    }
}

void convert(const v1::AuthoriseStreamRequest& request) {
    for (const v1::AuthoriseRequest& item : request.items()) check(to_command(item, caller()));
}
void convert(const v1::OpenAccountRequest& request) {
    check(to_command(request, caller(), VaultKeyId{}));
}
void convert(const v1::SetAgreementRequest& request) {
    check(to_command(request, caller()));
    (void)fault_in_currency(request, sterling);
}
void convert(const v1::AcceptClockRequest& request) { check(to_command(request, caller(), now)); }

void check_selector(const Result<AccountSelector>& selector) {
    if (selector) {
        CHECK(selector->name.has_value() != selector->token.has_value());
    } else {
        fuzz::check_helpful(selector.fault());
    }
}

void convert(const v1::ReadAccountRequest& request) { check_selector(to_selector(request)); }
void convert(const v1::ListTransactionsRequest& request) {
    check_selector(to_selector(request));
    const Result<std::size_t> size = page_size(request.page_size());
    if (size) {
        CHECK(*size >= 1 && *size <= page_items_max);
    } else {
        fuzz::check_helpful(size.fault());
    }
    constexpr Sequence as_of{1'000};
    const Result<Sequence> start = page_start(request.page_token(), as_of);
    if (start) {
        CHECK(start->value >= 1 && start->value <= as_of.value + 1);
    } else {
        fuzz::check_helpful(start.fault());
    }
}
void convert(const v1::ExplainDecisionRequest& request) {
    const auto id = rpc::parse_authorisation_id(request.authorisation_id(), "authorisation_id");
    if (id) {
        CHECK(rpc::to_text(*id) == request.authorisation_id());
    } else {
        fuzz::check_helpful(id.fault());
    }
}

template <class Message>
void convert(const Message& request) {
    check(to_command(request, caller()));
}

template <class Message>
void parse(std::string_view bytes) {
    Message request;
    if (request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) convert(request);
}

// A corpus names its requests by their places here: append only.
constexpr std::array parsers{
    parse<v1::AuthoriseRequest>,        parse<v1::AuthoriseStreamRequest>,
    parse<v1::ReverseRequest>,          parse<v1::PresentRequest>,
    parse<v1::CreateProgrammeRequest>,  parse<v1::OpenAccountRequest>,
    parse<v1::OpenPurseRequest>,        parse<v1::IssueCardRequest>,
    parse<v1::LoadPurseRequest>,        parse<v1::SetAgreementRequest>,
    parse<v1::SetCardStatusRequest>,    parse<v1::SetAccountStatusRequest>,
    parse<v1::AdvanceClockRequest>,     parse<v1::AcceptClockRequest>,
    parse<v1::CloseSettlementRequest>,  parse<v1::ReadAccountRequest>,
    parse<v1::ListTransactionsRequest>, parse<v1::ExplainDecisionRequest>,
    parse<v1::AdviseRequest>,           parse<v1::IncrementRequest>,
    parse<v1::ReleaseStageRequest>,     parse<v1::SetProviderRequest>,
    parse<v1::ReplaceCardRequest>,      parse<v1::SetCardRulesRequest>,
    parse<v1::ClosePurseRequest>,       parse<v1::ProposeResolutionRequest>,
    parse<v1::DecideResolutionRequest>, parse<v1::RecoverExposureRequest>,
    parse<v1::SetEarmarkRequest>,       parse<v1::WithdrawEarmarkRequest>,
    parse<v1::OpenDisputeRequest>,      parse<v1::CloseDisputeRequest>};

}  // namespace
}  // namespace carecard::authorisation

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    // Else protobuf writes a line for every text that is no UTF-8.
    google::protobuf::SetLogHandler(nullptr);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const carecard::fuzz::Input input(data, size);
    const auto& parsers = carecard::authorisation::parsers;
    parsers[input.choice(parsers.size())](input.rest());
    return 0;
}
