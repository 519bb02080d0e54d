#include "services/rpc/config_file.h"

#include <CLI/CLI.hpp>
#include <array>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace carecard::rpc {
namespace {

class WholeFile : public CLI::ConfigTOML {
   public:
    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
        std::string text;
        std::array<char, 4'096> part{};
        while (input.read(part.data(), part.size()) || input.gcount() > 0) {
            text.append(part.data(), static_cast<std::size_t>(input.gcount()));
        }
        if (input.bad()) {
            throw CLI::FileError(
                "the file of --config could not be read to its end: look at the disk, then start "
                "again");
        }
        std::istringstream whole(text);
        return CLI::ConfigTOML::from_config(whole);
    }
};

const CLI::Validator something{[](const std::string& value) {
                                   return value.empty() ? std::string("is empty: give it a value")
                                                        : std::string();
                               },
                               "", "something"};

}  // namespace

void read_config_file(CLI::App& app) {
    for (CLI::Option* const option : app.get_options()) {
        if (option->get_required()) option->check(something);
    }
    app.config_formatter(std::make_shared<WholeFile>());
    app.set_config("--config", "", "File with any of these settings, one `name=value` a line");
    app.allow_config_extras(false);
}

}  // namespace carecard::rpc
