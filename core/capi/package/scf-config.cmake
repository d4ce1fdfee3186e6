# find_package(scf) gives the target scf::scf, the static library.
get_filename_component(_scf_root "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET scf::scf)
  add_library(scf::scf STATIC IMPORTED)
  set_target_properties(
    scf::scf
    PROPERTIES IMPORTED_LOCATION "${_scf_root}/lib/libscf_invoke_capi.a"
               INTERFACE_INCLUDE_DIRECTORIES "${_scf_root}/include")
endif()
unset(_scf_root)
