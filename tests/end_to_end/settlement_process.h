#pragma once

#include <string>

#include "tests/end_to_end/installation.h"

namespace carecard::end_to_end {

/// A running carecard-settlement beside the authorisation service of an installation.
class SettlementProcess {
   public:
    /// Starts it and waits until it serves; the test fails when it does not.
    /// @param journal  the address of the authorisation service's back.
    SettlementProcess(const Installation& installation, const std::string& journal);

    /// Ends it in order. @return its exit status.
    int stop() { return process_.end_by(SIGTERM); }

    [[nodiscard]] Process& process() { return process_; }
    [[nodiscard]] const std::string& address() const { return address_; }

    /// Where it keeps its batches and its book.
    [[nodiscard]] static std::string data(const Installation& installation) {
        return installation.file("settlement");
    }

   private:
    std::string port_file_;
    Process process_;
    std::string address_;
};

}  // namespace carecard::end_to_end
