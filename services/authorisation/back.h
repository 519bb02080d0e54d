#pragma once

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>

#include <memory>
#include <optional>
#include <string>

#include "carecard/v1/admin.grpc.pb.h"
#include "carecard/v1/journal.grpc.pb.h"
#include "common/result.h"
#include "services/authorisation/tail.h"
#include "services/journal/scrub.h"
#include "services/journal/vault.h"
#include "services/sequencer/projector.h"
#include "services/sequencer/sequencer.h"

namespace carecard::authorisation {

/// What the back works with. All of it outlives the back.
struct BackParts {
    sequencer::Sequencer& sequencer;  ///< Only its inbox, and the rest within queries.
    const journal::Store& store;
    journal::Vault& vault;
    const sequencer::Tables& projections;
    const sequencer::Projector& projector;
    sequencer::Quarantine& quarantine;
    const journal::Scrub& scrub;
    TailBell& bell;
    Epoch epoch;
    std::string version;
    /// Of a copy for inspection: what commands and tails are refused with.
    std::optional<Fault> refuse_all;
};

/// The people's side: admin, journal, health and reflection, on gRPC's own threads. It never
/// touches the state: commands and queries go through the sequencer's inbox like all others.
class Back {
   public:
    /// Listens and serves until destroyed.
    ///
    /// @param address  "127.0.0.1:0" takes a free port.
    /// @return `unavailable` on field "back" when the address cannot be had.
    [[nodiscard]] static Result<std::unique_ptr<Back>> serve(
        const std::string& address, const std::shared_ptr<grpc::ServerCredentials>& credentials,
        const BackParts& parts);
    ~Back();
    Back(const Back&) = delete;
    Back& operator=(const Back&) = delete;

    [[nodiscard]] int port() const { return port_; }

    /// Ends the tails, refuses new calls, and returns when the calls under way have been answered.
    /// The sequencer must still be driven meanwhile.
    void stop();

    /// What the health service says. Any thread.
    void set_serving(bool serving);

   private:
    Back() = default;

    std::unique_ptr<v1::AdminService::CallbackService> admin_;
    std::unique_ptr<v1::JournalService::CallbackService> journal_;
    std::unique_ptr<grpc::Server> server_;
    TailBell* bell_ = nullptr;
    int port_ = 0;
};

}  // namespace carecard::authorisation
