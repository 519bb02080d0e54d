#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <set>

#include "common/check.h"
#include "services/rpc/faults.h"
#include "services/rpc/identity.h"
#include "services/rpc/rights.h"
#include "tests/end_to_end/any_call.h"
#include "tests/end_to_end/forge.h"
#include "tests/end_to_end/role_rows.h"
#include "tests/end_to_end/settlement_process.h"

namespace carecard::end_to_end {
namespace {

using Channel = std::shared_ptr<grpc::Channel>;
using Admin = v1::AdminService::Stub;
using Gateway = v1::AuthorisationService::Stub;

constexpr std::int64_t first_day_s = 1'717'405'200;  // 2024-06-03 09:00 UTC
constexpr std::int64_t one_day_s = 86'400;

/// Every RPC in proto/carecard/v1, as compiled.
std::set<std::string> methods_in_proto() {
    const char* const source = std::getenv("CARECARD_SOURCE_DIR");
    CHECK(source != nullptr);
    std::set<std::string> methods;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(source) + "/proto/carecard/v1")) {
        const std::string name = entry.path().filename();
        const auto* const file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
            "carecard/v1/" + name);
        EXPECT_NE(file, nullptr) << name << " is not compiled in: name it in CMakeLists.txt";
        for (int service = 0; file != nullptr && service < file->service_count(); ++service) {
            const google::protobuf::ServiceDescriptor& found = *file->service(service);
            for (int method = 0; method < found.method_count(); ++method) {
                methods.insert(found.full_name() + "/" + found.method(method)->name());
            }
        }
    }
    return methods;
}

TEST(RoleTable, HasARowForEveryRpcAndForNoOther) {
    std::set<std::string> with_row;
    for (const Row& row : role_rows()) with_row.emplace(row.method);
    EXPECT_EQ(with_row, methods_in_proto());
}

/// Both services on a simulated clock, with a closed day of the council riverdale.
class Roles : public testing::Test {
   protected:
    static void SetUpTestSuite() { world_ = std::make_unique<World>(); }
    static void TearDownTestSuite() {
        world_->connections.clear();
        EXPECT_EQ(world_->settlement->stop(), 0) << world_->settlement->process().said();
        EXPECT_EQ(world_->service.stop(), 0) << world_->service.process().said();
        world_.reset();
    }

    struct World {
        World() {
            advance(first_day_s);
            open_accounts(service, 2, 1'000'00);
            v1::AuthoriseResponse paid;
            EXPECT_TRUE(
                call(*service.gateway(), &Gateway::Authorise, new_payment("paid", 1, 5'00), paid)
                    .ok());
            riverdales.authorisation_id = paid.authorisation_id();
            advance(first_day_s + one_day_s - 100);
            settlement.emplace(installation, service.back());
            const Answer closed =
                ask(channel_of(rpc::Role::finance, "riverdale", Port::settlement),
                    "carecard.v1.SettlementService/CloseBatch", close_first_day());
            EXPECT_EQ(closed.code, grpc::StatusCode::OK) << text_of(closed);
        }

        void advance(std::int64_t to) {
            v1::AdvanceClockRequest request;
            request.set_request_key(fmt::format("to-{}", to));
            request.set_reason("the table's days");
            request.mutable_to()->set_seconds(to);
            v1::AdvanceClockResponse response;
            const grpc::Status status =
                call(*service.staff("operator"), &Admin::AdvanceClock, request, response);
            EXPECT_TRUE(status.ok()) << rpc::explain(status);
        }

        static std::string close_first_day() {
            for (const Row& row : role_rows()) {
                if (row.method.ends_with("/CloseBatch")) return row.request({}, 0);
            }
            CHECK(false);
        }

        /// @param council  "*": every one.
        Channel channel_of(rpc::Role role, const std::string& council, Port port) {
            const std::string uri =
                fmt::format("carecard://{}/{}/{}-1", council, rpc::name_of(role), council.size());
            Channel& channel = connections[{uri, port}];
            if (channel != nullptr) return channel;
            auto& pems = certificates_of[uri];
            if (pems.key.empty()) pems = forge.make({.uri = uri});
            channel = connect(address(port), pems);
            return channel;
        }

        const std::string& address(Port port) {
            switch (port) {
                case Port::front:
                    return service.front();
                case Port::back:
                    return service.back();
                case Port::settlement:
                    return settlement->address();
            }
            CHECK(false);
        }

        Installation installation;
        Service service{installation, "simulated"};
        std::optional<SettlementProcess> settlement;
        const Forge forge{certificates()};
        std::map<std::string, rpc::TlsPems> certificates_of;
        std::map<std::pair<std::string, Port>, Channel> connections;
        Names riverdales{.card_token = token_of(1)};
        unsigned number = 0;
    };

    /// What does not exist: nothing of the request, or only the programme and what is in it.
    static std::array<Names, 2> absent() {
        return {Names{.council = "atlantis",
                      .programme = "none",
                      .card_token = token_of(999'998),
                      .card_id = 998,
                      .authorisation_id = "1-999999"},
                Names{.council = "atlantis",
                      .account = "A99",
                      .card_token = token_of(999'999),
                      .card_id = 999,
                      .authorisation_id = "1-1",  // an event, and no authorisation
                      .batch = 99}};
    }

    static Answer ask_as(rpc::Role role, const std::string& council, const Row& row,
                         const Names& names) {
        ++calls_;
        const std::size_t responses_max = row.method.ends_with("/Tail") ? 1 : 1'000;
        return ask(world_->channel_of(role, council, row.port), std::string(row.method),
                   row.request(names, ++world_->number), responses_max);
    }

    static std::string cell(rpc::Role role, const std::string& council, const Row& row) {
        return fmt::format("{} as {} of {}", row.method, rpc::name_of(role), council);
    }

    static bool has_right(rpc::Role role, const Row& row) {
        const rpc::Identity caller{.role = role, .council = {}, .id = CallerId::of("x")};
        return static_cast<bool>(rpc::check_right(row.method, caller));
    }

    /// The answer says who has the right, and nothing of what was asked about.
    static void expect_denied(rpc::Role role, const std::string& council, const Row& row) {
        const Answer denied = ask_as(role, council, row, world_->riverdales);
        EXPECT_EQ(denied.code, grpc::StatusCode::PERMISSION_DENIED)
            << cell(role, council, row) << ": " << text_of(denied);
        EXPECT_TRUE(denied.responses.empty());
        for (const Names& none : absent()) {
            EXPECT_EQ(ask_as(role, council, row, none), denied) << cell(role, council, row);
        }
    }

    /// Another council's and what does not exist are the same to the byte.
    static void expect_hidden(rpc::Role role, const std::string& council, const Row& row) {
        const Answer hidden = ask_as(role, council, row, world_->riverdales);
        EXPECT_EQ(hidden.code, row.absent) << cell(role, council, row) << ": " << text_of(hidden);
        for (const Names& none : absent()) {
            const Answer answer = ask_as(role, council, row, none);
            EXPECT_EQ(answer, hidden) << cell(role, council, row) << ": " << text_of(answer)
                                      << "\nbut of another council's: " << text_of(hidden);
        }
    }

    static void expect_code(grpc::StatusCode code, rpc::Role role, const std::string& council,
                            const Row& row, const Names& names) {
        const Answer answer = ask_as(role, council, row, names);
        EXPECT_EQ(answer.code, code) << cell(role, council, row) << ": " << text_of(answer);
    }

    static std::unique_ptr<World> world_;
    static int calls_;
};
std::unique_ptr<Roles::World> Roles::world_;
int Roles::calls_ = 0;

class EveryRole : public Roles, public testing::WithParamInterface<std::size_t> {
   protected:
    [[nodiscard]] static rpc::Role role() { return static_cast<rpc::Role>(GetParam()); }
};

TEST_P(EveryRole, MayCallWhatItHasTheRightToAndHearsOnlyOfItsOwnCouncil) {
    for (const Row& row : role_rows()) {
        if (!has_right(role(), row)) {
            for (const char* council : {"riverdale", "hilltown", "nowhere", "*"}) {
                expect_denied(role(), council, row);
            }
            continue;
        }
        expect_code(row.every, role(), "*", row, world_->riverdales);
        expect_code(row.own, role(), "riverdale", row, world_->riverdales);
        for (const char* other : {"hilltown", "nowhere"}) {
            if (row.speaks == Speaks::of_a_councils) {
                expect_hidden(role(), other, row);
            } else {
                expect_code(row.own, role(), other, row, world_->riverdales);
            }
        }
        if (row.speaks == Speaks::of_a_councils) {
            expect_code(row.absent, role(), "riverdale", row, absent()[0]);
        }
    }
    RecordProperty("calls", calls_);
}

INSTANTIATE_TEST_SUITE_P(Role, EveryRole, testing::Range<std::size_t>(0, rpc::role_count),
                         [](const testing::TestParamInfo<std::size_t>& one) {
                             std::string name(rpc::name_of(static_cast<rpc::Role>(one.param)));
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST_F(Roles, AreAskedOnlyAtThePortThatHasTheRpc) {
    for (const Row& row : role_rows()) {
        for (const Port port : {Port::front, Port::back, Port::settlement}) {
            if (port == row.port) continue;
            const Answer answer = ask(world_->channel_of(rpc::Role::operator_, "*", port),
                                      std::string(row.method), row.request({}, ++world_->number));
            EXPECT_EQ(answer.code, grpc::StatusCode::UNIMPLEMENTED)
                << row.method << ": " << text_of(answer);
        }
    }
}

/// The ways to name the authorisation that was paid with key "paid" on card 1.
std::vector<v1::OriginalReference> names_of(const std::string& authorisation_id,
                                            const std::string& key) {
    std::vector<v1::OriginalReference> names(2);
    names[0].set_authorisation_id(authorisation_id);
    names[1].mutable_request()->set_caller("gateway-1");
    names[1].mutable_request()->set_request_key(key);
    return names;
}

TEST_F(Roles, HearNothingOfAnotherCardsAuthorisationThroughACardOfTheirOwn) {
    const auto support = world_->service.staff("support");
    v1::IssueCardResponse issued;
    ASSERT_TRUE(call(*support, &Admin::IssueCard, new_card("A2", 20), issued).ok());
    const auto gateway = world_->service.gateway();
    const auto theirs = names_of(world_->riverdales.authorisation_id, "paid");
    const auto none = names_of("1-999999", "never-asked");
    for (std::size_t form = 0; form < theirs.size(); ++form) {
        const auto outcome = [&](const v1::OriginalReference& original) {
            v1::ReverseRequest request =
                new_reversal(fmt::format("other-card-{}", ++world_->number), 20, "");
            *request.mutable_original() = original;
            v1::ReverseResponse response;
            const grpc::Status status = call(*gateway, &Gateway::Reverse, request, response);
            EXPECT_TRUE(status.ok()) << rpc::explain(status);
            response.clear_decided_at();
            response.clear_event_id();
            if (response.has_kept_until()) response.mutable_kept_until()->Clear();
            return response.DebugString();
        };
        EXPECT_EQ(outcome(theirs[form]), outcome(none[form])) << form;
    }
}

}  // namespace
}  // namespace carecard::end_to_end
