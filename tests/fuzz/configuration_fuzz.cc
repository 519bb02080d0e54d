// Any bytes as the configuration file of a service: it is read, or refused by an error that the
// command line explains. The first byte chooses the service.

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <sstream>
#include <string>

#include "common/check.h"
#include "services/authorisation/options.h"
#include "services/settlement/options.h"
#include "tests/fuzz/input.h"

namespace {

/// As CLI11_PARSE in main.cc, with the explanation in memory.
template <class Options>
void parse(std::string_view bytes) {
    const carecard::fuzz::MemoryFile file(bytes);
    CLI::App app("Fuzzed.", "carecard");
    Options options;
    describe(app, options);
    try {
        app.parse("--config " + file.path());
        CHECK(!options.data.empty() || bytes.find("data") != bytes.npos);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        std::ostringstream err;
        app.exit(error, out, err);
        CHECK(!out.str().empty() || !err.str().empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const carecard::fuzz::Input input(data, size);
    if (input.choice(2) == 0) {
        parse<carecard::authorisation::Options>(input.rest());
    } else {
        parse<carecard::settlement::Options>(input.rest());
    }
    return 0;
}
