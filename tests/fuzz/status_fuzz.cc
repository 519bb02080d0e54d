// Any bytes as the details of a failed call: a fault comes back that a person can act on, and that
// goes over the wire again as it is. The first byte is the call's code.

#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/check.h"
#include "google/rpc/status.pb.h"
#include "services/rpc/faults.h"
#include "tests/fuzz/input.h"

namespace carecard::rpc {
namespace {

void read(std::size_t code, std::string_view details) {
    google::rpc::Status status;
    if (!status.ParseFromArray(details.data(), static_cast<int>(details.size()))) status.Clear();
    status.set_code(static_cast<int>(code));
    const Fault fault = to_fault(status);
    CHECK(!fault.remedy.empty());
    CHECK(!explain(fault).empty());
    const Fault again = to_fault(to_rpc_status(fault));
    CHECK(again.kind == fault.kind);
    CHECK(again.field == fault.field);
    CHECK(again.detail == fault.detail);
    CHECK(again.remedy == fault.remedy);
}

}  // namespace
}  // namespace carecard::rpc

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    // Else protobuf writes a line for every text that is no UTF-8.
    google::protobuf::SetLogHandler(nullptr);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const carecard::fuzz::Input input(data, size);
    constexpr std::size_t codes = 17;
    carecard::rpc::read(1 + input.choice(codes - 1), input.rest());
    return 0;
}
