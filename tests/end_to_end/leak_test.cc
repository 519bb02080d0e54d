#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <thread>

#include "services/cli/card_number.h"
#include "services/rpc/faults.h"
#include "tests/end_to_end/leak_scan.h"
#include "tests/end_to_end/settlement_process.h"

namespace carecard::end_to_end {
namespace {

using Gateway = v1::AuthorisationService::Stub;
using Admin = v1::AdminService::Stub;

constexpr std::int64_t first_day_s = 1'717'405'200;  // 2024-06-03 09:00 UTC
constexpr std::int64_t one_day_s = 86'400;

// Texts of people and shops, which the journal seals.
constexpr const char* shop = "MARKWELL PHARMACY 7Q";
constexpr const char* town = "MARKHAVEN BY SEA";
constexpr const char* presenting_shop = "MARKWELL INCONTINENCE AIDS";
constexpr const char* reasons[] = {
    "Mrs Markham asked on the telephone", "Markham reviewed with her daughter",
    "Markham in hospital since Monday",   "Markham agreed it in writing",
    "Markham wants it to be reversed",    "Markham was paid twice"};

/// Card numbers of the range that no network gives out, which the service may never see.
std::vector<std::string> card_numbers() {
    return {cli::test_card_number(4'711, "2468"), cli::test_card_number(815, "1357"),
            cli::test_card_number(99'998, "8642")};
}

LeakScan scan_for_markers() {
    LeakScan scan;
    int number = 0;
    for (const std::string& digits : card_numbers()) {
        scan.add_card_number(fmt::format("card number {}", ++number), digits);
    }
    scan.add_text("the shop", shop);
    scan.add_text("the town", town);
    scan.add_text("the other shop", presenting_shop);
    for (const char* reason : reasons) scan.add_text("a reason", reason);
    return scan;
}

/// Puts each form of each marker into a file, and into a compressed table.
void plant(const LeakScan& scan, const Installation& installation) {
    std::filesystem::create_directories(installation.file("planted"));
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kZlibCompression;
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, installation.file("planted-rows"), &opened).ok());
    const std::unique_ptr<rocksdb::DB> database(opened);
    int number = 0;
    for (const LeakScan::Needle& needle : scan.needles()) {
        const std::string name = fmt::format("{:04}", ++number);
        const std::string bytes = "before " + needle.bytes + " after";
        write_text(installation.file("planted/" + name), bytes);
        ASSERT_TRUE(database->Put({}, name, bytes + std::string(2'000, '.')).ok());
    }
    ASSERT_TRUE(database->Flush({}).ok());
}

TEST(LeakScan, SeesEveryFormOfEveryMarkerInFilesAndInRows) {
    const Installation installation;
    LeakScan scan = scan_for_markers();
    EXPECT_GT(scan.needles().size(), 100U);
    scan.scan("clean text", std::string(1'000, 'x'));
    EXPECT_THAT(scan.found(), testing::IsEmpty());
    plant(scan, installation);
    scan.scan_files(installation.file("planted"));
    EXPECT_GE(scan.found().size(), scan.needles().size());
    for (const LeakScan::Needle& needle : scan.needles()) {
        EXPECT_THAT(scan.found(), testing::Contains(testing::HasSubstr(needle.name)));
    }
    LeakScan rows = scan_for_markers();
    rows.scan_rows(installation.file("planted-rows"));
    EXPECT_GE(rows.found().size(), rows.needles().size());
    EXPECT_EQ(rows.rows(), rows.needles().size());
}

/// Whether a program that dies here leaves a core file, if it may.
bool machine_writes_cores() {
    const Installation place;
    const std::string died =
        "cd '" + place.file(".") + "' && sh -c 'ulimit -c unlimited; kill -SEGV $$' 2>/dev/null";
    (void)std::system(died.c_str());
    return !std::filesystem::is_empty(place.file("."));
}

/// gRPC says everything it can say of the services that are started meanwhile.
class Talkative {
   public:
    Talkative() {
        ::setenv("GRPC_VERBOSITY", "DEBUG", 1);
        ::setenv("GRPC_TRACE", "all", 1);
    }
    ~Talkative() {
        ::unsetenv("GRPC_VERBOSITY");
        ::unsetenv("GRPC_TRACE");
    }
    Talkative(const Talkative&) = delete;
    Talkative& operator=(const Talkative&) = delete;
};

/// A council's two days with markers in everything, and what is on the disk afterwards.
class Leaks : public testing::Test {
   protected:
    Leaks() {
        ::getrlimit(RLIMIT_CORE, &core_limit_);
        const rlimit all{.rlim_cur = core_limit_.rlim_max, .rlim_max = core_limit_.rlim_max};
        ::setrlimit(RLIMIT_CORE, &all);
        std::filesystem::current_path(installation_.file("."));  // where a core file would be
        start();
    }
    ~Leaks() override {
        std::filesystem::current_path(before_);
        ::setrlimit(RLIMIT_CORE, &core_limit_);
    }

    void start() {
        const Talkative talkative;
        service_ = std::make_unique<Service>(installation_, "simulated");
        settlement_ = std::make_unique<SettlementProcess>(installation_, service_->back());
    }

    template <class Stub, class Request, class Response>
    void must(Stub& stub,
              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
              const Request& request, Response& response) {
        const grpc::Status status = call(stub, method, request, response);
        ASSERT_TRUE(status.ok()) << rpc::explain(status);
    }

    /// Faults are shown to people and logged by callers, so they are scanned as well.
    template <class Stub, class Request, class Response>
    void refused(Stub& stub,
                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 const Request& request, Response response) {
        const grpc::Status status = call(stub, method, request, response);
        EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
            << request.GetTypeName() << ": " << rpc::explain(status);
        said_ += status.error_message() + "\n" + status.error_details() + "\n" +
                 rpc::explain(status) + "\n";
    }

    void advance(std::int64_t to) {
        v1::AdvanceClockRequest request;
        request.set_request_key(fmt::format("to-{}", to));
        request.set_reason("the next day");
        request.mutable_to()->set_seconds(to);
        v1::AdvanceClockResponse response;
        must(*service_->staff("operator"), &Admin::AdvanceClock, request, response);
    }

    /// The command line with these words; what it says is kept among the files.
    void carecard(std::vector<std::string> words) {
        words.insert(words.begin(), "carecard");
        for (const auto& [option, value] :
             {std::pair<std::string, std::string>{"--admin", service_->back()},
              {"--gateway", service_->front()},
              {"--settlement", settlement_->address()},
              {"--certificates", certificates()}}) {
            words.insert(words.end(), {option, value});
        }
        const Ran ran =
            run_to_end(words, installation_.file(fmt::format("carecard-{}.log", ++commands_)));
        EXPECT_EQ(ran.status, 0) << ran.said;
    }

    void onboard() {
        std::string rows = "account,arrangement,purse,priority,card_number,expiry,holder\n";
        int account = 0;
        for (const std::string& digits : card_numbers()) {
            rows += fmt::format("A{},direct_payment,care,1,{},2099-08,person\n", ++account, digits);
        }
        write_text(input_.file("people.csv"), rows);
        carecard(
            {"onboard", input_.file("people.csv"), "--programme", "care", "--reason", reasons[0]});
        const Result<Secret> key = cli::read_token_key(certificates());
        ASSERT_TRUE(key);
        for (const std::string& digits : card_numbers()) {
            tokens_.push_back(cli::token_of(*key, digits));
        }
    }

    [[nodiscard]] v1::AuthoriseRequest payment(const std::string& key, std::int64_t pence) const {
        v1::AuthoriseRequest request = new_payment(key, 1, pence);
        request.set_card_token(tokens_[0]);
        request.mutable_merchant()->set_name(shop);
        request.mutable_merchant()->set_city(town);
        return request;
    }

    void pay() {
        const auto gateway = service_->gateway();
        v1::AuthoriseResponse paid;
        must(*gateway, &Gateway::Authorise, payment("paid", 5'00), paid);
        EXPECT_EQ(paid.outcome(), v1::AUTHORISE_OUTCOME_APPROVED);
        v1::PresentRequest present = new_presentment("presented", 1, paid.authorisation_id(), 4'00);
        present.set_card_token(tokens_[0]);
        present.mutable_merchant()->set_name(presenting_shop);
        present.mutable_merchant()->set_city(town);
        v1::PresentResponse presented;
        must(*gateway, &Gateway::Present, present, presented);
        must(*gateway, &Gateway::Authorise, payment("declined", 500'00), paid);
        EXPECT_EQ(paid.outcome(), v1::AUTHORISE_OUTCOME_DECLINED);
        must(*gateway, &Gateway::Authorise, payment("reversed", 2'00), paid);
        v1::ReverseRequest reverse = new_reversal("reversal", 1, paid.authorisation_id());
        reverse.set_card_token(tokens_[0]);
        reverse.set_reason(reasons[4]);
        v1::ReverseResponse reversed;
        must(*gateway, &Gateway::Reverse, reverse, reversed);
        must(*gateway, &Gateway::Authorise, payment("open", 3'00), paid);
    }

    void administer() {
        v1::LoadPurseRequest load = new_load("A1", 100'00, "june");
        load.set_reason(reasons[1]);
        v1::LoadPurseResponse loaded;
        must(*service_->staff("finance"), &Admin::LoadPurse, load, loaded);
        v1::SetAgreementRequest agree;
        agree.set_request_key("agree");
        agree.set_reason(reasons[3]);
        *agree.mutable_account() = load.account();
        set_pence(90'00, *agree.mutable_rules()->mutable_single_max());
        v1::SetAgreementResponse agreed;
        must(*service_->staff("social_worker"), &Admin::SetAgreement, agree, agreed);
        v1::SetCardStatusRequest freeze;
        freeze.set_request_key("freeze");
        freeze.set_reason(reasons[2]);
        freeze.set_card_token(tokens_[1]);
        freeze.set_status(v1::CARD_STATUS_FROZEN);
        v1::SetCardStatusResponse frozen;
        must(*service_->staff("support"), &Admin::SetCardStatus, freeze, frozen);
        v1::SetAccountStatusRequest suspend;
        suspend.set_request_key("suspend");
        suspend.set_reason(reasons[5]);
        suspend.mutable_account()->set_programme("care");
        suspend.mutable_account()->set_reference("A2");
        suspend.set_status(v1::ACCOUNT_STATUS_SUSPENDED);
        v1::SetAccountStatusResponse suspended;
        must(*service_->staff("support"), &Admin::SetAccountStatus, suspend, suspended);
    }

    /// Card numbers wherever a caller might put one by mistake.
    void misplace_card_numbers() {
        const std::string number = card_numbers()[2];
        const std::string text = "card " + number + " of hers";
        const auto gateway = service_->gateway();
        const auto support = service_->staff("support");
        const auto finance = service_->staff("finance");
        v1::AuthoriseRequest pay = payment("misplaced", 1'00);
        pay.mutable_merchant()->set_name(text);
        refused(*gateway, &Gateway::Authorise, pay, v1::AuthoriseResponse{});
        pay = payment("misplaced", 1'00);
        pay.mutable_merchant()->set_city(number.substr(0, 8) + " " + number.substr(8));
        refused(*gateway, &Gateway::Authorise, pay, v1::AuthoriseResponse{});
        for (const std::string& token : {number, "k1:" + number}) {
            pay = payment("misplaced", 1'00);
            pay.set_card_token(token);
            refused(*gateway, &Gateway::Authorise, pay, v1::AuthoriseResponse{});
        }
        v1::ReverseRequest reverse = new_reversal("misplaced", 1, number);
        reverse.set_card_token(tokens_[0]);
        refused(*gateway, &Gateway::Reverse, reverse, v1::ReverseResponse{});
        reverse = new_reversal("misplaced", 1, "1-1");
        reverse.set_card_token(tokens_[0]);
        reverse.set_reason(text);
        refused(*gateway, &Gateway::Reverse, reverse, v1::ReverseResponse{});
        for (const std::string& reference : {number, text}) {
            refused(*support, &Admin::OpenAccount, new_account(reference),
                    v1::OpenAccountResponse{});
            refused(*finance, &Admin::LoadPurse, new_load("A1", 1, reference),
                    v1::LoadPurseResponse{});
        }
        const auto operating = service_->staff("operator");
        refused(*operating, &Admin::CreateProgramme, new_programme(number, "riverdale"),
                v1::CreateProgrammeResponse{});
        refused(*operating, &Admin::CreateProgramme, new_programme("hers", "c-" + number),
                v1::CreateProgrammeResponse{});
        v1::LoadPurseRequest load = new_load("A1", 1, "misplaced");
        load.set_reason(text);
        refused(*finance, &Admin::LoadPurse, load, v1::LoadPurseResponse{});
        v1::IssueCardRequest issue = new_card("A1", 77);
        issue.set_holder(v1::CARD_HOLDER_HELPER);
        issue.set_holder_reference(number);
        refused(*support, &Admin::IssueCard, issue, v1::IssueCardResponse{});
        v1::ExplainDecisionRequest explain;
        explain.set_authorisation_id(number);
        refused(*support, &Admin::ExplainDecision, explain, v1::ExplainDecisionResponse{});
        v1::ListTransactionsRequest list;
        list.mutable_account()->set_programme("care");
        list.mutable_account()->set_reference("A1");
        list.set_page_token(text);
        refused(*support, &Admin::ListTransactions, list, v1::ListTransactionsResponse{});
    }

    /// What staff may see is there, so that there was something to find.
    void expect_the_shop_is_known() {
        v1::ListTransactionsRequest list;
        list.mutable_account()->set_programme("care");
        list.mutable_account()->set_reference("A1");
        v1::ListTransactionsResponse listed;
        must(*service_->staff("support"), &Admin::ListTransactions, list, listed);
        EXPECT_NE(listed.DebugString().find(shop), std::string::npos);
        EXPECT_NE(listed.DebugString().find(presenting_shop), std::string::npos);
    }

    void keep_status() {
        v1::ReadStatusResponse status;
        must(*service_->staff("operator"), &Admin::ReadStatus, {}, status);
        said_ += status.DebugString() + status.SerializeAsString();
    }

    /// Of the running service, and a copy of that to look at.
    void back_up_and_restore() {
        const Ran backed_up = run_to_end(
            {"carecard", "backup", "--data", installation_.data(), "--to",
             installation_.file("backup"), "--vault-to", installation_.file("vault-copy")},
            installation_.file("backup.log"));
        EXPECT_EQ(backed_up.status, 0) << backed_up.said;
        const Ran restored =
            run_to_end({"carecard", "restore", "--from", installation_.file("backup"), "--to",
                        installation_.file("restored")},
                       installation_.file("restore.log"));
        EXPECT_EQ(restored.status, 0) << restored.said;
    }

    rlimit core_limit_{};
    const std::filesystem::path before_ = std::filesystem::current_path();
    const Installation installation_;
    const Installation input_;  // what people wrote; not the services'
    std::unique_ptr<Service> service_;
    std::unique_ptr<SettlementProcess> settlement_;
    std::vector<std::string> tokens_;
    std::string said_;
    int commands_ = 0;
};

TEST_F(Leaks, NothingThatIsWrittenHasACardNumberOrASealedTextInAnyForm) {
    advance(first_day_s);
    v1::CreateProgrammeResponse created;
    must(*service_->staff("operator"), &Admin::CreateProgramme, new_programme("care", "riverdale"),
         created);
    onboard();
    administer();
    pay();
    misplace_card_numbers();
    expect_the_shop_is_known();
    keep_status();
    advance(first_day_s + one_day_s);
    carecard({"batches", "close", "2024-06-03", "--programme", "care"});
    carecard({"batches", "download", "all", "--programme", "care", "--directory",
              installation_.file("downloaded")});
    carecard({"status"});
    back_up_and_restore();

    // A death that would leave a core file, of each; and a life after it.
    EXPECT_EQ(service_->process().end_by(SIGSEGV), -SIGSEGV);
    EXPECT_EQ(settlement_->process().end_by(SIGSEGV), -SIGSEGV);
    std::filesystem::rename(installation_.file("log"), installation_.file("log-of-first-life"));
    std::filesystem::rename(installation_.file("settlement.log"),
                            installation_.file("settlement.log-of-first-life"));
    start();
    expect_the_shop_is_known();
    EXPECT_EQ(settlement_->stop(), 0);
    EXPECT_EQ(service_->stop(), 0);
    const Ran checked = run_to_end({"carecard-fsck", "--data", installation_.data()},
                                   installation_.file("fsck.log"));
    EXPECT_EQ(checked.status, 0) << checked.said;
    write_text(installation_.file("said"), said_);

    LeakScan scan = scan_for_markers();
    scan.scan_files(installation_.file("."));
    for (const std::string& directory :
         {installation_.data() + "/journal", installation_.data() + "/vault",
          installation_.data() + "/projections", installation_.file("backup/journal"),
          installation_.file("vault-copy"), installation_.file("restored/journal"),
          SettlementProcess::data(installation_) + "/book"}) {
        scan.scan_rows(directory);
    }
    EXPECT_THAT(scan.found(), testing::IsEmpty());
    EXPECT_GT(scan.files(), 20U);
    EXPECT_GT(scan.rows(), 20U);
    RecordProperty("bytes", std::to_string(scan.bytes()));
    RecordProperty("files", std::to_string(scan.files()));
    RecordProperty("machine_writes_cores", machine_writes_cores() ? "yes" : "no");
    for (const auto& entry : std::filesystem::directory_iterator(installation_.file("."))) {
        EXPECT_FALSE(entry.path().filename().string().starts_with("core"))
            << entry.path() << ": what was in memory is on the disk";
    }
    LeakScan control = scan_for_markers();
    control.scan_files(input_.file("."));
    EXPECT_GE(control.found().size(), card_numbers().size());
}

}  // namespace
}  // namespace carecard::end_to_end
