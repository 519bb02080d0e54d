#include "services/authorisation/options.h"

#include <CLI/CLI.hpp>

#include "services/rpc/config_file.h"

namespace carecard::authorisation {

void describe(CLI::App& app, Options& options) {
    app.add_option("--front", options.front,
                   "Address for the card network's gateway; port 0 takes a free one")
        ->capture_default_str();
    app.add_option("--back", options.back,
                   "Address for staff, the settlement service, health and reflection")
        ->capture_default_str();
    app.add_option("--data", options.data,
                   "Directory of journal, vault, head file and projections; made when absent")
        ->required();
    app.add_option("--ca", options.tls.ca, "Certificate authority of all callers (PEM)")
        ->required();
    app.add_option("--certificate", options.tls.certificate,
                   "Certificate to serve with (PEM, role authorisation-server)")
        ->required();
    app.add_option("--key", options.tls.key, "Its private key (PEM, mode 0600)")->required();
    app.add_option("--master-key", options.master_key,
                   "File with the vault's master key: 64 hexadecimal digits, mode 0600")
        ->required();
    app.add_option("--clock", options.clock,
                   "system, or simulated: stands still until an operator advances it (tests only)")
        ->check(CLI::IsMember({"system", "simulated"}))
        ->capture_default_str();
    app.add_option("--ports-file", options.ports_file,
                   "File to write the two addresses served on to, as JSON");
    rpc::read_config_file(app);
}

}  // namespace carecard::authorisation
