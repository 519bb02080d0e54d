#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "carecard/v1/admin.grpc.pb.h"
#include "carecard/v1/authorisation.grpc.pb.h"
#include "carecard/v1/journal.grpc.pb.h"
#include "tests/end_to_end/process.h"
#include "tests/journal/temporary_directory.h"

namespace carecard::end_to_end {

/// The certificates of the council "riverdale", made once for each test program.
[[nodiscard]] const std::string& certificates();

/// A directory for one authorisation service: its data, logs and certificates.
class Installation {
   public:
    [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }
    [[nodiscard]] std::string data() const { return file("data"); }

    /// The words that start the service on free ports. Options in `other` replace ours of the same
    /// name; an empty value leaves the option out.
    [[nodiscard]] std::vector<std::string> words(
        const std::map<std::string, std::string>& other = {}) const;

   private:
    journal::TemporaryDirectory directory_;
};

/// A running service, and those who call it.
class Service {
   public:
    /// Starts it and waits until it serves; the test fails when it does not.
    explicit Service(const Installation& installation, const std::string& clock = "system");

    /// Ends it in order. Its callers' connections are closed first, if their stubs are gone: the
    /// service need not wait for them then.
    /// @return its exit status.
    int stop();

    [[nodiscard]] Process& process() { return process_; }
    [[nodiscard]] const std::string& front() const { return front_; }
    [[nodiscard]] const std::string& back() const { return back_; }

    [[nodiscard]] std::unique_ptr<v1::AuthorisationService::Stub> gateway();
    [[nodiscard]] std::unique_ptr<v1::AdminService::Stub> staff(const std::string& role);
    /// @param folder  where the role's certificate is.
    [[nodiscard]] std::shared_ptr<grpc::Channel> channel(
        const std::string& address, const std::string& role,
        const std::string& folder = certificates());

   private:
    std::string ports_file_;
    Process process_;
    std::string front_;
    std::string back_;
    std::mutex mutex_;  // guards channels_
    std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

/// Calls and waits, ten seconds at most.
template <class Stub, class Request, class Response>
grpc::Status call(Stub& stub,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response& response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    response.Clear();
    return (stub.*method)(&context, request, &response);
}

// Requests, complete and valid.

void set_pence(std::int64_t pence, v1::Money& money);
[[nodiscard]] std::string token_of(unsigned card);
[[nodiscard]] v1::CreateProgrammeRequest new_programme(const std::string& code,
                                                       const std::string& council);
[[nodiscard]] v1::OpenAccountRequest new_account(const std::string& reference,
                                                 const std::string& programme = "care");
[[nodiscard]] v1::IssueCardRequest new_card(const std::string& reference, unsigned card,
                                            const std::string& programme = "care");
[[nodiscard]] v1::LoadPurseRequest new_load(const std::string& reference, std::int64_t pence,
                                            const std::string& load_reference);
[[nodiscard]] v1::AuthoriseRequest new_payment(const std::string& key, unsigned card,
                                               std::int64_t pence);
/// One message of a stream: `count` payments of a penny, with the keys "<name>-0" and so on.
[[nodiscard]] v1::AuthoriseStreamRequest new_payments(const std::string& name, unsigned card,
                                                      int count);
[[nodiscard]] v1::ReverseRequest new_reversal(const std::string& key, unsigned card,
                                              const std::string& original);
[[nodiscard]] v1::PresentRequest new_presentment(const std::string& key, unsigned card,
                                                 const std::string& original, std::int64_t pence);

/// Opens the programme "care", and accounts "A1" to "A<count>" with card 1 to `count` and `pence`
/// each. The test fails when that is refused.
void open_accounts(Service& service, unsigned count, std::int64_t pence);

}  // namespace carecard::end_to_end
