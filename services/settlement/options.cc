#include "services/settlement/options.h"

#include <CLI/CLI.hpp>

#include "services/rpc/config_file.h"

namespace carecard::settlement {

void describe(CLI::App& app, Options& options) {
    app.add_option("--listen", options.listen, "Address to serve on; port 0 takes a free one")
        ->capture_default_str();
    app.add_option("--journal", options.journal,
                   "Address of carecard-authorisation's back, which has the journal")
        ->capture_default_str();
    app.add_option("--data", options.data, "Directory of the batches and of the book")->required();
    app.add_option("--ca", options.ca, "Certificate authority of all callers (PEM)")->required();
    app.add_option("--certificate", options.server.certificate,
                   "Certificate to serve with (PEM, role settlement-server)")
        ->required();
    app.add_option("--key", options.server.key, "Its private key (PEM, mode 0600)")->required();
    app.add_option("--journal-certificate", options.client.certificate,
                   "Certificate to call the journal with (PEM, role settlement)")
        ->required();
    app.add_option("--journal-key", options.client.key, "Its private key (PEM, mode 0600)")
        ->required();
    app.add_option("--signing-certificate", options.signing_certificate,
                   "Certificate that batches are signed for (PEM, role batch-signer)")
        ->required();
    app.add_option("--signing-key", options.signing_key, "Its private key (PEM, mode 0600)")
        ->required();
    app.add_option("--earlier-signing-certificate", options.earlier_signing_certificates,
                   "Certificate before the present one (PEM), by which batches in the data "
                   "directory may be signed; may be given again for each");
    app.add_option("--port-file", options.port_file, "File to write the port served on to");
    rpc::read_config_file(app);
}

}  // namespace carecard::settlement
