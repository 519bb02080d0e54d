// Nothing but the owner of the precompiled header of the tests; see CMakeLists.txt.
