#include "tests/end_to_end/installation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "services/rpc/channel.h"
#include "services/rpc/credentials.h"
#include "services/rpc/faults.h"

namespace carecard::end_to_end {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds start_timeout{30};

rpc::TlsFiles tls(const std::string& folder, const std::string& role) {
    return {.ca = folder + "/ca.pem",
            .certificate = folder + "/" + role + ".pem",
            .key = folder + "/" + role + ".key"};
}

template <class Request>
void set_account(const std::string& programme, const std::string& reference, Request& request) {
    request.set_reason("set up by a test");
    request.mutable_account()->set_programme(programme);
    request.mutable_account()->set_reference(reference);
}

template <class Stub, class Request, class Response>
void must_succeed(Stub& stub,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request) {
    Response response;
    const grpc::Status status = call(stub, method, request, response);
    ASSERT_TRUE(status.ok()) << rpc::explain(status);
}

}  // namespace

const std::string& certificates() {
    static const journal::TemporaryDirectory directory;
    static const std::string made = [] {
        const Ran ran = run_to_end({"carecard-certificates", directory.path(), "riverdale"},
                                   directory.file("log"));
        EXPECT_EQ(ran.status, 0) << ran.said;
        return directory.path();
    }();
    return made;
}

std::vector<std::string> Installation::words(
    const std::map<std::string, std::string>& other) const {
    const std::string& made = certificates();
    std::map<std::string, std::string> options{
        {"--data", data()},
        {"--front", "127.0.0.1:0"},
        {"--back", "127.0.0.1:0"},
        {"--ports-file", file("ports")},
        {"--ca", made + "/ca.pem"},
        {"--certificate", made + "/authorisation-server.pem"},
        {"--key", made + "/authorisation-server.key"},
        {"--master-key", made + "/master.key"},
        {"--clock", "system"}};
    for (const auto& [name, value] : other) options[name] = value;
    std::vector<std::string> words{"carecard-authorisation"};
    for (const auto& [name, value] : options) {
        if (value.empty()) continue;
        words.push_back(name);
        words.push_back(value);
    }
    return words;
}

Service::Service(const Installation& installation, const std::string& clock)
    : ports_file_([&installation] {
          std::filesystem::remove(installation.file("ports"));
          return installation.file("ports");
      }()),
      process_(installation.words({{"--clock", clock}}), installation.file("log")) {
    const auto give_up = std::chrono::steady_clock::now() + start_timeout;
    while (!std::filesystem::exists(ports_file_)) {
        const bool ended = process_.wait(0ms).has_value();
        if (ended || std::chrono::steady_clock::now() > give_up) {
            ADD_FAILURE() << "does not serve:\n" << process_.said();
            return;
        }
        std::this_thread::sleep_for(2ms);
    }
    const auto ports = nlohmann::json::parse(read_text(ports_file_));
    front_ = ports["front"].get<std::string>();
    back_ = ports["back"].get<std::string>();
}

int Service::stop() {
    {
        const std::lock_guard lock(mutex_);
        channels_.clear();
    }
    return process_.end_by(SIGTERM);
}

std::unique_ptr<v1::AuthorisationService::Stub> Service::gateway() {
    return v1::AuthorisationService::NewStub(channel(front_, "gateway"));
}

std::unique_ptr<v1::AdminService::Stub> Service::staff(const std::string& role) {
    return v1::AdminService::NewStub(channel(back_, role));
}

std::shared_ptr<grpc::Channel> Service::channel(const std::string& address, const std::string& role,
                                                const std::string& folder) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<grpc::Channel>& channel = channels_[address + role + folder];
    if (channel != nullptr) return channel;
    const auto credentials = rpc::client_credentials(tls(folder, role));
    EXPECT_TRUE(credentials) << rpc::explain(credentials.fault());
    channel = rpc::make_channel(address, *credentials);
    const Result<Done> ready = rpc::wait_for_ready(*channel, address, seconds(10));
    EXPECT_TRUE(ready) << address << (process_.wait(0ms) ? " has ended:\n" : " still runs:\n")
                       << process_.said();
    return channel;
}

void set_pence(std::int64_t pence, v1::Money& money) {
    money.set_minor_units(pence);
    money.set_currency("GBP");
}

std::string token_of(unsigned card) { return fmt::format("k1:{:064x}", card); }

v1::CreateProgrammeRequest new_programme(const std::string& code, const std::string& council) {
    v1::CreateProgrammeRequest request;
    request.set_request_key("programme-" + code);
    request.set_reason("set up by a test");
    request.set_programme(code);
    request.set_council(council);
    request.set_name("Direct payments");
    request.set_currency("GBP");
    request.set_hold_lifetime_days(7);
    return request;
}

v1::OpenAccountRequest new_account(const std::string& reference, const std::string& programme) {
    v1::OpenAccountRequest request;
    set_account(programme, reference, request);
    request.set_request_key("account-" + programme + reference);
    request.set_arrangement(v1::ARRANGEMENT_DIRECT_PAYMENT);
    v1::NewPurse& purse = *request.add_purses();
    purse.set_name("care");
    purse.set_priority(1);
    return request;
}

v1::IssueCardRequest new_card(const std::string& reference, unsigned card,
                              const std::string& programme) {
    v1::IssueCardRequest request;
    set_account(programme, reference, request);
    request.set_request_key(fmt::format("card-{}", card));
    request.add_card_tokens(token_of(card));
    request.set_last_four(fmt::format("{:04}", card % 10'000));
    request.set_expiry("2099-12");
    request.set_holder(v1::CARD_HOLDER_PERSON);
    return request;
}

v1::LoadPurseRequest new_load(const std::string& reference, std::int64_t pence,
                              const std::string& load_reference) {
    v1::LoadPurseRequest request;
    set_account("care", reference, request);
    request.set_request_key(load_reference);
    set_pence(pence, *request.mutable_amount());
    request.set_reference(load_reference);
    return request;
}

v1::AuthoriseRequest new_payment(const std::string& key, unsigned card, std::int64_t pence) {
    v1::AuthoriseRequest request;
    request.set_request_key(key);
    request.set_card_token(token_of(card));
    request.set_kind(v1::TRANSACTION_KIND_PURCHASE);
    set_pence(pence, *request.mutable_transaction());
    request.set_mcc("5411");
    request.set_acquirer("476173");
    request.mutable_merchant()->set_name("CORNER SHOP");
    request.mutable_merchant()->set_city("LEEDS");
    request.mutable_merchant()->set_country("GB");
    return request;
}

v1::AuthoriseStreamRequest new_payments(const std::string& name, unsigned card, int count) {
    v1::AuthoriseStreamRequest request;
    for (int number = 0; number < count; ++number) {
        *request.add_items() = new_payment(fmt::format("{}-{}", name, number), card, 1);
    }
    return request;
}

v1::ReverseRequest new_reversal(const std::string& key, unsigned card,
                                const std::string& original) {
    v1::ReverseRequest request;
    request.set_request_key(key);
    request.set_card_token(token_of(card));
    request.mutable_original()->set_authorisation_id(original);
    set_pence(0, *request.mutable_remaining());
    return request;
}

v1::PresentRequest new_presentment(const std::string& key, unsigned card,
                                   const std::string& original, std::int64_t pence) {
    v1::PresentRequest request;
    request.set_request_key(key);
    request.set_card_token(token_of(card));
    request.set_direction(v1::PRESENTMENT_DIRECTION_DEBIT);
    request.set_presentment_id("item-" + key);
    request.mutable_original()->set_authorisation_id(original);
    request.set_final(true);
    set_pence(pence, *request.mutable_billing());
    request.set_mcc("5411");
    return request;
}

void open_accounts(Service& service, unsigned count, std::int64_t pence) {
    using Stub = v1::AdminService::Stub;
    must_succeed(*service.staff("operator"), &Stub::CreateProgramme,
                 new_programme("care", "riverdale"));
    const auto support = service.staff("support");
    const auto finance = service.staff("finance");
    for (unsigned card = 1; card <= count; ++card) {
        const std::string reference = fmt::format("A{}", card);
        must_succeed(*support, &Stub::OpenAccount, new_account(reference));
        must_succeed(*support, &Stub::IssueCard, new_card(reference, card));
        must_succeed(*finance, &Stub::LoadPurse,
                     new_load(reference, pence, fmt::format("opening-{}", card)));
    }
}

}  // namespace carecard::end_to_end
