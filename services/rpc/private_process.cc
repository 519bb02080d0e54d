#include "services/rpc/private_process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdlib>

#include "common/check.h"

namespace carecard::rpc {

void keep_memory_private() {
    // The limit alone does not stop a core that the kernel pipes into a program.
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    CHECK(::setrlimit(RLIMIT_CORE, &none) == 0);
    CHECK(::prctl(PR_SET_DUMPABLE, 0) == 0);
    CHECK(::unsetenv("GRPC_TRACE") == 0);
}

}  // namespace carecard::rpc
