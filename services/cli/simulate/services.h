#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "common/result.h"
#include "services/cli/connection.h"

namespace carecard::cli::simulate {

/// A pair of services of a run's own: certificates, a fresh store, a simulated clock, ports that
/// the system chose, in a temporary directory. Ending its life ends the services and removes the
/// directory; so does the death of this process, but for the directory.
class OwnServices {
   public:
    /// Starts both and waits until they serve. Blocks for about a second.
    ///
    /// @param council  of the certificates.
    /// @return the pair; `not_found` on field "programs" when carecard-authorisation,
    ///         carecard-settlement or carecard-certificates is not beside this program;
    ///         `unavailable` on field "services" with the last lines that a program said when it
    ///         ended or did not serve in time; `stopped` when a signal came (see stop.h).
    [[nodiscard]] static Result<std::unique_ptr<OwnServices>> start(const std::string& council);

    ~OwnServices();
    OwnServices(const OwnServices&) = delete;
    OwnServices& operator=(const OwnServices&) = delete;

    /// How to reach them.
    [[nodiscard]] const ConnectionSettings& settings() const { return settings_; }

   private:
    OwnServices() = default;
    [[nodiscard]] Result<Done> make_directory();
    [[nodiscard]] Result<Done> make_certificates(const std::string& council);
    [[nodiscard]] Result<Done> start_authorisation();
    [[nodiscard]] Result<Done> start_settlement();

    std::string directory_;
    std::string programs_;
    ConnectionSettings settings_;
    std::vector<pid_t> children_;  ///< In the order of starting.
};

}  // namespace carecard::cli::simulate
