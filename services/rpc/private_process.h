#pragma once

namespace carecard::rpc {

/// Keeps out of files what the program has in memory: keys, merchants' names, the card numbers of
/// a file that is read. From then on no core file is written of this process, and gRPC does not
/// trace the bytes of its calls, whatever the environment asks for.
///
/// Call it first in `main`, before anything of gRPC and before other threads.
void keep_memory_private();

}  // namespace carecard::rpc
